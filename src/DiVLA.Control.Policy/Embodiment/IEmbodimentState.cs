using DiVLA.Control.Policy.Onnx;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Policy.Embodiment;

/// <summary>What the arm reports, in the policy's own terms.</summary>
internal interface IEmbodimentState : IDisposable
{
    /// <summary>`[1, S]`</summary>
    GraphTensor<float> State { get; }

    /// <summary>Fills the state, unless the robot's report has another number of joints or a number that is not finite. Does not allocate.</summary>
    PolicyFault Run(in RobotState robot);
}
