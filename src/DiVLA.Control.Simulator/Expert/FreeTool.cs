using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.World;

namespace DiVLA.Control.Simulator.Expert;

/// <summary>A tool without an arm: it goes exactly where it is told, and its fingers at their own speed.</summary>
/// <param name="scene">Objects; what is held moves along.</param>
/// <param name="pose">Tool pose in the table frame.</param>
/// <param name="width">Distance between the fingers. Unit: m.</param>
public sealed class FreeTool(Scene scene, RigidTransform pose, double width)
{
    /// <summary>Distance between open fingers. Unit: m.</summary>
    public const double OpenWidth = 0.08;

    private const double GripperSpeed = 0.2;

    /// <summary>Tool pose in the table frame.</summary>
    public RigidTransform Pose { get; private set; } = pose;

    /// <summary>Distance between the fingers. Unit: m.</summary>
    public double Width { get; private set; } = width;

    /// <summary>Moves for one control period.</summary>
    /// <param name="motion">Of the tool. Unit: m.</param>
    /// <param name="turn">Of the tool, in the table frame. Unit: rad.</param>
    /// <param name="isGripperOpen">True to open, false to close.</param>
    public void Move(Vector3d motion, Vector3d turn, bool isGripperOpen)
    {
        Pose = RotationVector.Displace(Pose, motion, turn);
        scene.Carry(motion);
        MoveGripper(isGripperOpen);
    }

    private void MoveGripper(bool open)
    {
        const double most = GripperSpeed * TaskSpaceRollout.Period;
        if (open)
        {
            scene.Release();
            Width = Math.Min(OpenWidth, Width + most);
            return;
        }
        var width = Math.Max(0, Width - most);
        if ((scene.Held ?? scene.Graspable(Pose.Origin)) is { } index && width <= scene.Objects[index].Kind.GraspWidth)
        {
            scene.Grasp(index);
            width = scene.Objects[index].Kind.GraspWidth;
        }
        Width = width;
    }
}
