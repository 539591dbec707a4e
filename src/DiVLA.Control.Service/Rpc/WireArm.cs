using DiVLA.Control.RealTime;
using DiVLA.Control.Service.Sessions;

namespace DiVLA.Control.Service;

/// <summary>Arms between domain and message.</summary>
internal static class WireArm
{
    /// <summary>Where an arm is told to be, and where it was seen.</summary>
    public static Wire.ArmPose Of(in TickCommand command, ObservedArm? observed)
    {
        var pose = new Wire.ArmPose
        {
            Tick = (ulong)command.TickIndex,
            CommandedGripperWidthM = command.Command.GripperWidth,
            MeasuredGripperWidthM = observed?.Position.GripperWidth ?? 0,
            Limited = command.Limited != LimiterRules.None,
        };
        foreach (var joint in command.Command.Joints.AsSpan()) pose.CommandedJointsRad.Add(joint);
        if (observed is null) return pose;
        foreach (var joint in observed.Position.Joints.AsSpan()) pose.MeasuredJointsRad.Add(joint);
        return pose;
    }
}
