using System.Globalization;
using DiVLA.Control.Protocol.V1;

namespace DiVLA.Control.Cli.Watch;

/// <summary>Events in words.</summary>
internal static class WatchWords
{
    /// <summary>Null where no arm is stopped.</summary>
    public static string? Of(StopState stops) => stops.AllStopped
        ? "ALL ROBOTS ARE STOPPED, also those that connect"
        : stops.StoppedRobotIds.Count > 0 ? $"stopped: {string.Join(", ", stops.StoppedRobotIds)}" : null;

    /// <summary>'0.00 -0.79 0.00 ... rad, gripper 80 mm'.</summary>
    public static string Of(ArmPose arm) => string.Create(
        CultureInfo.InvariantCulture,
        $"{string.Join(' ', arm.CommandedJointsRad.Select(joint => joint.ToString("0.00", CultureInfo.InvariantCulture)))} rad, gripper {arm.CommandedGripperWidthM * 1000:0} mm");
}
