using DiVLA.Control.Robot;

namespace DiVLA.Control.Simulator.World;

/// <summary>The arm, its gripper and the table, moved one control period at a time.</summary>
/// <remarks>Deterministic: the same start and the same commands give the same motion. Stepping does not allocate.</remarks>
public sealed class SimulatedWorld
{
    /// <summary>Time that the joints need to close 63 % of the gap to their command. Unit: s.</summary>
    private const double ServoLag = 0.008;

    private readonly ArmKinematics _kinematics;
    private readonly EmbodimentProfile _profile;
    private JointPositions _joints;
    private JointVelocities _velocities;
    private RobotCommand _command;

    public SimulatedWorld(EmbodimentProfile profile, Scene scene, JointPositions start)
    {
        _profile = profile;
        _kinematics = profile.CreateKinematics();
        Scene = scene;
        _joints = start;
        _velocities = new JointVelocities(stackalloc double[profile.JointCount]);
        _command = new RobotCommand(start, profile.Gripper.OpenWidthM);
        GripperWidth = profile.Gripper.OpenWidthM;
        ToolPose = _kinematics.ToolPose(start.AsSpan());
    }

    /// <summary>The objects on the table.</summary>
    public Scene Scene { get; private set; }

    /// <summary>Distance between the fingers. Unit: m.</summary>
    public double GripperWidth { get; private set; }

    /// <summary>Pose of the tool in the table frame.</summary>
    public RigidTransform ToolPose { get; private set; }

    /// <summary>What a real arm would report now.</summary>
    public RobotState State => new(_joints, _velocities, _command.Joints, GripperWidth, Scene.Held is not null);

    /// <summary>Takes a new tray of objects; the arm stays where it is and lets go of what it holds.</summary>
    public void ExchangeTray(Scene scene) => Scene = scene;

    /// <summary>Lets the arm follow a command for <paramref name="seconds"/>.</summary>
    public void Step(in RobotCommand command, double seconds)
    {
        _command = command;
        MoveJoints(seconds);
        var tool = _kinematics.ToolPose(_joints.AsSpan());
        Scene.Carry(tool.Origin - ToolPose.Origin);
        ToolPose = tool;
        MoveGripper(seconds);
    }

    /// <summary>Poses of the arm's joint frames and tool, `[n + 1]`, for drawing.</summary>
    public void LinkPoses(Span<RigidTransform> poses) => _kinematics.LinkPoses(_joints.AsSpan(), poses);

    private void MoveJoints(double seconds)
    {
        var share = 1 - Math.Exp(-seconds / ServoLag);
        for (var j = 0; j < _joints.Count; j++)
        {
            var most = _profile.VelocityLimitRadPerS[j] * seconds;
            var step = Math.Clamp(share * (_command.Joints[j] - _joints[j]), -most, most);
            _joints[j] += step;
            _velocities[j] = step / seconds;
        }
    }

    private void MoveGripper(double seconds)
    {
        var most = _profile.Gripper.SpeedMPerS * seconds;
        var width = GripperWidth + Math.Clamp(_command.GripperWidth - GripperWidth, -most, most);
        if (width > GripperWidth) Scene.Release();
        var between = Scene.Held ?? (width < GripperWidth ? Scene.Graspable(ToolPose.Origin) : null);
        if (between is { } index && width <= Scene.Objects[index].Kind.GraspWidth)
        {
            width = Scene.Objects[index].Kind.GraspWidth;
            Scene.Grasp(index);
        }
        GripperWidth = width;
    }
}
