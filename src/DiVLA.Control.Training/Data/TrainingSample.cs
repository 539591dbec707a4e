using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.Tasks;
using DiVLA.Control.Simulator.World;

namespace DiVLA.Control.Training.Data;

/// <summary>One labelled state: what the policy sees and what the expert says and does.</summary>
/// <param name="Family">Kind of instruction.</param>
/// <param name="Scene">Objects as they lie.</param>
/// <param name="Goal">What is steered to.</param>
/// <param name="IsSwapped">True where that is not what the instruction asks for.</param>
/// <param name="Instruction">In words.</param>
/// <param name="Phrase">The expert's reasoning phrase.</param>
/// <param name="Tool">Tool pose in the table frame.</param>
/// <param name="GripperWidth">Unit: m.</param>
/// <param name="Future">The expert's trajectory, `[H]`: tool pose, and whether the gripper is open.</param>
internal sealed record TrainingSample(
    TaskFamily Family, Scene Scene, Goal Goal, bool IsSwapped, string Instruction, string Phrase, RigidTransform Tool, double GripperWidth, (RigidTransform Tool, bool IsOpen)[] Future);
