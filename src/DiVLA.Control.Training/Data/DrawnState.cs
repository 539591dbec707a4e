using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.Tasks;
using DiVLA.Control.Simulator.World;

namespace DiVLA.Control.Training.Data;

/// <summary>A state that was drawn and not labelled yet.</summary>
/// <param name="Episode">Says the instruction.</param>
/// <param name="Swap">What the phrase names in place of what the instruction asks for; null where it follows the instruction.</param>
/// <param name="Scene">Objects as they lie.</param>
/// <param name="Tool">Tool pose in the table frame.</param>
/// <param name="GripperWidth">Unit: m.</param>
internal sealed record DrawnState(Episode Episode, PutObject? Swap, Scene Scene, RigidTransform Tool, double GripperWidth)
{
    /// <summary>With the expert's phrase and trajectory.</summary>
    public TrainingSample Label() => SampleGenerator.Label(Episode, PhraseSwap.Settle(Swap, Scene, Episode.Goal), Scene, Tool, GripperWidth);
}
