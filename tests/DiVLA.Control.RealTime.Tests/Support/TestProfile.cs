using DiVLA.Control.Robot;

namespace DiVLA.Control.RealTime.Tests;

/// <summary>A seven-joint arm with the Panda's position, velocity and acceleration limits.</summary>
internal static class TestProfile
{
    public const double RateHz = 82;

    public static EmbodimentProfile Create(double jerkScale = 1) => new()
    {
        Name = "test-arm",
        Make = "Test",
        Model = "Arm",
        JointNames = ["j1", "j2", "j3", "j4", "j5", "j6", "j7"],
        PositionLowerRad = [-2.8973, -1.7628, -2.8973, -3.0718, -2.8973, -0.0175, -2.8973],
        PositionUpperRad = [2.8973, 1.7628, 2.8973, -0.0698, 2.8973, 3.7525, 2.8973],
        VelocityLimitRadPerS = [2.175, 2.175, 2.175, 2.175, 2.61, 2.61, 2.61],
        AccelerationLimitRadPerS2 = [15, 7.5, 10, 12.5, 15, 20, 20],
        JerkLimitRadPerS3 = [.. new double[] { 7500, 3750, 5000, 6250, 7500, 10000, 10000 }.Select(jerk => jerk * jerkScale)],
        ControlRateHz = RateHz,
        Hold = HoldBehaviour.DecelerateAndKeepPosition,
        RestRad = Rest,
        Mount = Identity,
        Links = [.. Enumerable.Repeat(Identity, 8)],
        Gripper = new GripperProfile(0.08, 0, 0.1, "something between the fingers"),
        StateId = "state",
        LatentId = "latent",
    };

    public static double[] Rest => [0, -0.785, 0, -2.356, 0, 1.571, 0.785];

    public static RobotCommand RestPosition => new(new JointPositions(Rest), 0.08);

    private static double[] Identity => [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0];
}
