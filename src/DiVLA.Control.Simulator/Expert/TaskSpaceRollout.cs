using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.Tasks;
using DiVLA.Control.Simulator.World;

namespace DiVLA.Control.Simulator.Expert;

/// <summary>Plays the expert forward with a tool that moves freely, without an arm: fast enough to label millions of states.</summary>
public sealed class TaskSpaceRollout(Scene scene, Goal goal, RigidTransform tool, double gripperWidth)
{
    /// <summary>Length of one step. Unit: s.</summary>
    public const double Period = 1.0 / 82;

    private const double OpenWidth = 0.08;
    private const double GripperSpeed = 0.2;

    /// <summary>The scene as played so far; the one passed in is moved along.</summary>
    public Scene Scene { get; } = scene;

    /// <summary>Tool pose in the table frame.</summary>
    public RigidTransform Tool { get; private set; } = tool;

    /// <summary>Distance between the fingers. Unit: m.</summary>
    public double GripperWidth { get; private set; } = gripperWidth;

    /// <summary>What the expert does in this state.</summary>
    public ExpertAdvice Advice => ScriptedExpert.Advise(Scene, goal, Tool, GripperWidth);

    /// <summary>Follows the expert for one control period.</summary>
    public ExpertAdvice Step()
    {
        var advice = Advice;
        var motion = advice.Velocity * Period;
        Tool = RotationVector.Displace(Tool, motion, advice.Rotation * Period);
        Scene.Carry(motion);
        MoveGripper(advice.IsGripperOpen);
        return advice;
    }

    private void MoveGripper(bool open)
    {
        const double most = GripperSpeed * Period;
        if (open)
        {
            Scene.Release();
            GripperWidth = Math.Min(OpenWidth, GripperWidth + most);
            return;
        }
        var width = Math.Max(0, GripperWidth - most);
        if ((Scene.Held ?? Scene.Graspable(Tool.Origin)) is { } index && width <= Scene.Objects[index].Kind.GraspWidth)
        {
            Scene.Grasp(index);
            width = Scene.Objects[index].Kind.GraspWidth;
        }
        GripperWidth = width;
    }
}
