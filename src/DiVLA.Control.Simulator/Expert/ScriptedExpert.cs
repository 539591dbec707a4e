using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.Tasks;
using DiVLA.Control.Simulator.World;

namespace DiVLA.Control.Simulator.Expert;

/// <summary>Tells from the state alone what to do next; it remembers nothing, so it can take over anywhere, however perturbed the state is.</summary>
public static class ScriptedExpert
{
    private const double TopSpeed = 0.5;
    private const double ClimbSpeed = 0.4;
    private const double Gain = 10;
    private const double TravelHeight = 0.12;
    private const double CarryHeight = 0.17;
    private const double ReleaseHeight = 0.10;
    private const double ClearWidth = 0.06;

    // Fingers catch what is within 18 mm of their middle.
    private const double FunnelRadius = 0.013;
    private const double ClosingRadius = 0.016;

    private static readonly Vector3d _rest = new(0.46, 0, 0.26);

    /// <summary>Advice for a tool pose and gripper in a scene.</summary>
    /// <param name="scene">Objects, and which one is held.</param>
    /// <param name="goal">What the instruction means.</param>
    /// <param name="tool">Tool pose in the table frame.</param>
    /// <param name="gripperWidth">Unit: m.</param>
    public static ExpertAdvice Advise(Scene scene, Goal goal, in RigidTransform tool, double gripperWidth)
    {
        var turn = Limit(RotationVector.Between(tool, TableLayout.ToolDown) * 4, 1.0);
        // An object that was let go falls clear of the fingers before they move on.
        if (IsOpeningOverABin(scene, tool.Origin, gripperWidth)) return new ExpertAdvice(Phase(scene, goal), default, turn, true);
        if (goal.Current(scene) is not { } task)
            return new ExpertAdvice(TaskPhase.Resting, Approach(tool.Origin, _rest, _rest.Z), turn, true);
        if (scene.Held == task.Target) return Deliver(tool.Origin, task.Bin, turn);
        return Fetch(scene, task.Target, tool.Origin, gripperWidth, turn);
    }

    private static bool IsOpeningOverABin(Scene scene, Vector3d tool, double gripperWidth) =>
        scene.Held is null && gripperWidth < ClearWidth && (TableLayout.IsOverBin(tool, Side.Left) || TableLayout.IsOverBin(tool, Side.Right));

    private static TaskPhase Phase(Scene scene, Goal goal) => goal.Current(scene) is null ? TaskPhase.Resting : TaskPhase.Reaching;

    // A funnel: the lower the tool, the nearer it must be to the object's axis.
    private static ExpertAdvice Fetch(Scene scene, int target, Vector3d tool, double gripperWidth, Vector3d turn)
    {
        var grasp = scene.Objects[target].Centre;
        var distance = HorizontalDistance(tool, grasp);
        var height = tool.Z - grasp.Z;
        var velocity = Approach(tool, grasp, grasp.Z + Math.Clamp((distance - FunnelRadius) * 1.5, 0, TravelHeight));
        var isClosing = scene.Held is null && gripperWidth < 0.075;
        var isAtObject = distance < (isClosing ? ClosingRadius : FunnelRadius) && Math.Abs(height) < (isClosing ? 0.018 : 0.012);
        var isNear = distance < 0.025 && height < 0.05;
        return new ExpertAdvice(isNear ? TaskPhase.Grasping : TaskPhase.Reaching, velocity, turn, !isAtObject || scene.Held is not null);
    }

    // Up first: sideways only as fast as the height over the other objects allows.
    private static ExpertAdvice Deliver(Vector3d tool, Side side, Vector3d turn)
    {
        var bin = TableLayout.BinCentre(side);
        var distance = HorizontalDistance(tool, bin);
        var isOverBin = distance < 0.06;
        var height = isOverBin ? ReleaseHeight + Math.Clamp((distance - 0.03) * 2, 0, 0.07) : CarryHeight;
        var velocity = Approach(tool, bin, height);
        if (!isOverBin)
        {
            var share = Math.Clamp((tool.Z - 0.05) / 0.08, 0.02, 1);
            velocity = velocity with { X = velocity.X * share, Y = velocity.Y * share };
        }
        var isReleasing = distance < 0.045 && tool.Z < ReleaseHeight + 0.05;
        return new ExpertAdvice(isOverBin ? TaskPhase.Releasing : TaskPhase.Carrying, velocity, turn, isReleasing);
    }

    private static Vector3d Approach(Vector3d tool, Vector3d target, double height)
    {
        var sideways = Limit(new Vector3d(target.X - tool.X, target.Y - tool.Y, 0) * Gain, TopSpeed);
        return sideways with { Z = Math.Clamp((height - tool.Z) * Gain, -ClimbSpeed, ClimbSpeed) };
    }

    private static Vector3d Limit(Vector3d vector, double most) => vector.Length > most ? vector * (most / vector.Length) : vector;

    private static double HorizontalDistance(Vector3d a, Vector3d b) => Math.Sqrt((a.X - b.X) * (a.X - b.X) + (a.Y - b.Y) * (a.Y - b.Y));
}
