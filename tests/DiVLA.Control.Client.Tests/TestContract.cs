using DiVLA.Control.Robot;

namespace DiVLA.Control.Client.Tests;

/// <summary>A two-joint arm with one camera.</summary>
internal static class TestContract
{
    public static EmbodimentContract Create() => new()
    {
        Embodiment = "two-joints",
        JointNames = ["shoulder", "elbow"],
        PositionLowerRad = [-2, -1],
        PositionUpperRad = [2, 1],
        VelocityLimitRadPerS = [2, 2],
        AccelerationLimitRadPerS2 = [10, 5],
        JerkLimitRadPerS3 = [1000, 400],
        GripperOpenWidthM = 0.08,
        GripperClosedWidthM = 0,
        ControlRateHz = 82,
        Cameras = [new ContractCamera("front", 2, 1)],
        StateId = "state/v1",
        LatentId = "latent/v1",
    };
}
