using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.Tasks;
using DiVLA.Control.Simulator.World;

namespace DiVLA.Control.Simulator.Expert;

/// <summary>Plays the expert forward with a tool that moves freely, without an arm: fast enough to label millions of states.</summary>
public sealed class TaskSpaceRollout(Scene scene, Goal goal, RigidTransform tool, double gripperWidth)
{
    /// <summary>Length of one step. Unit: s.</summary>
    public const double Period = 1.0 / 82;

    private readonly FreeTool _tool = new(scene, tool, gripperWidth);

    /// <summary>The scene as played so far; the one passed in is moved along.</summary>
    public Scene Scene { get; } = scene;

    /// <summary>Tool pose in the table frame.</summary>
    public RigidTransform Tool => _tool.Pose;

    /// <summary>Distance between the fingers. Unit: m.</summary>
    public double GripperWidth => _tool.Width;

    /// <summary>What the expert does in this state.</summary>
    public ExpertAdvice Advice => ScriptedExpert.Advise(Scene, goal, Tool, GripperWidth);

    /// <summary>Follows the expert for one control period.</summary>
    public ExpertAdvice Step()
    {
        var advice = Advice;
        _tool.Move(advice.Velocity * Period, advice.Rotation * Period, advice.IsGripperOpen);
        return advice;
    }
}
