using DiVLA.Control.Policy.Onnx;
using DiVLA.Control.Policy.Onnx.Devices;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Policy.Embodiment;

/// <summary>The robot's joints and gripper as a published policy reads them: `state [1, S]`, normalised by the dataset's mean and deviation.</summary>
internal sealed class JointState : IEmbodimentState
{
    private readonly int _jointCount;
    private readonly int[] _joints;
    private readonly double[] _means;
    private readonly double[] _deviations;
    private readonly (double Scale, double Offset) _width;

    /// <param name="profile">The arm.</param>
    /// <param name="device">Where graphs run; null for the host.</param>
    public JointState(EmbodimentProfile profile, DeviceMemory? device = null)
    {
        var mapping = profile.Affine!;
        _jointCount = profile.JointCount;
        // The gripper is no joint: -1.
        _joints = Array.ConvertAll(mapping.States, name => Array.IndexOf(profile.JointNames, name));
        (_means, _deviations) = (mapping.StateMean, mapping.StateStd);
        _width = mapping.WidthToDataset(profile.Gripper);
        State = new GraphTensor<float>(device, 1, _joints.Length);
    }

    /// <inheritdoc/>
    public GraphTensor<float> State { get; }

    /// <inheritdoc/>
    public PolicyFault Run(in RobotState robot)
    {
        if (!RobotReport.IsUsable(robot, _jointCount)) return RobotReport.Rejected;
        var state = State.Span;
        for (var number = 0; number < state.Length; number++)
            state[number] = (float)((Measured(robot, _joints[number]) - _means[number]) / _deviations[number]);
        State.Upload();
        return default;
    }

    /// <inheritdoc/>
    public void Dispose() => State.Dispose();

    private double Measured(in RobotState robot, int joint) => joint < 0 ? robot.GripperWidth * _width.Scale + _width.Offset : robot.Joints[joint];
}
