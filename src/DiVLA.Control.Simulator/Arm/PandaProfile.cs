using DiVLA.Control.Robot;

namespace DiVLA.Control.Simulator.Arm;

/// <summary>Franka Emika Panda with its hand, as the maker documents it.</summary>
/// <remarks>
/// Sources: Franka Control Interface documentation, "Robot and interface specifications": Denavit-Hartenberg parameters (Craig's convention),
/// joint position, velocity, acceleration and jerk limits; flange to hand Rz(-pi/4); hand to fingertip 0.1034 m.
/// </remarks>
public static class PandaProfile
{
    public const string Name = "panda";

    /// <summary>Policy terms that the default bundle speaks.</summary>
    public const string StateId = "tool-pose-11/v1";

    /// <inheritdoc cref="StateId"/>
    public const string LatentId = "task-displacement-16x7/v1";

    private const double HalfPi = Math.PI / 2;

    // Modified DH, row per joint: a (m), d (m), alpha (rad); theta is the joint's angle.
    private static readonly (double A, double D, double Alpha)[] _dh =
    [
        (0, 0.333, 0),
        (0, 0, -HalfPi),
        (0, 0.316, HalfPi),
        (0.0825, 0, HalfPi),
        (-0.0825, 0.384, -HalfPi),
        (0, 0, HalfPi),
        (0.088, 0, HalfPi),
    ];

    /// <summary>Joint positions over the middle of the table with the tool pointing down. Unit: rad.</summary>
    public static double[] RestRad => [0, -0.35, 0, -2.35, 0, 2.0, 0.785];

    /// <summary>Fixed transforms mount -> joint 1 ... joint 7 -> tool.</summary>
    public static RigidTransform[] Links()
    {
        var links = new RigidTransform[_dh.Length + 1];
        for (var joint = 0; joint < _dh.Length; joint++)
        {
            var (a, d, alpha) = _dh[joint];
            links[joint] = RigidTransform.RotationX(alpha) * RigidTransform.Translation(a, 0, 0) * RigidTransform.Translation(0, 0, d);
        }
        links[^1] = RigidTransform.Translation(0, 0, 0.107) * RigidTransform.RotationZ(-Math.PI / 4) * RigidTransform.Translation(0, 0, 0.1034);
        return links;
    }

    /// <summary>Kinematics with the base at the origin of the table frame.</summary>
    public static ArmKinematics CreateKinematics() => new(RigidTransform.Identity, Links());

    /// <summary>The full profile around a trained mapping.</summary>
    public static EmbodimentProfile Create(EmbodimentMapping mapping) => new()
    {
        Name = Name,
        Make = "Franka Emika",
        Model = "Panda",
        JointNames = ["panda_joint1", "panda_joint2", "panda_joint3", "panda_joint4", "panda_joint5", "panda_joint6", "panda_joint7"],
        PositionLowerRad = [-2.8973, -1.7628, -2.8973, -3.0718, -2.8973, -0.0175, -2.8973],
        PositionUpperRad = [2.8973, 1.7628, 2.8973, -0.0698, 2.8973, 3.7525, 2.8973],
        VelocityLimitRadPerS = [2.1750, 2.1750, 2.1750, 2.1750, 2.6100, 2.6100, 2.6100],
        AccelerationLimitRadPerS2 = [15, 7.5, 10, 12.5, 15, 20, 20],
        JerkLimitRadPerS3 = [7500, 3750, 5000, 6250, 7500, 10000, 10000],
        ControlRateHz = 82,
        Hold = HoldBehaviour.DecelerateAndKeepPosition,
        RestRad = RestRad,
        Mount = RigidTransform.Identity.ToRows(),
        Links = [.. Links().Select(link => link.ToRows())],
        Gripper = new GripperProfile(0.08, 0, 0.2, "set while the fingers are stopped by an object, cleared when they are told to open"),
        Mapping = mapping,
        StateId = StateId,
        LatentId = LatentId,
    };
}
