using DiVLA.Control.Policy.Decode;
using DiVLA.Control.Robot;
using Google.Protobuf.Collections;

namespace DiVLA.Control.Service.Sessions;

/// <summary>Checks everything about an observation that can be checked without decoding its pictures. Used by the ingress of one session.</summary>
internal sealed class ObservationGate(SessionPlan plan, SessionLimits limits)
{
    // A robot that is this far outside its limits is another arm, or speaks degrees. Unit: rad.
    private const double JointToleranceRad = 0.2;
    private const double GripperToleranceM = 0.02;
    private readonly ObservationRate _rate = new(limits.MaxObservationRateHz);
    private ulong _lastSequence;
    private long _lastCapturedNs;

    /// <summary>Says whether an observation may be used. Only accepted ones count as the one before.</summary>
    /// <param name="message">As it came.</param>
    /// <param name="ageNs">How old it was on arrival, on the service clock. Unit: ns.</param>
    /// <param name="receivedAt">Service clock.</param>
    public ObservationVerdict Check(Wire.Observation message, long ageNs, MonotonicTime receivedAt)
    {
        var verdict = CheckStamps(message, ageNs);
        if (verdict.IsAccepted) verdict = CheckFrames(message.Frames);
        if (verdict.IsAccepted) verdict = CheckState(message.State);
        if (verdict.IsAccepted && !_rate.TryTake(receivedAt)) verdict = new(Wire.ObservationRefusal.RateTooHigh, Expected: limits.MaxObservationRateHz);
        if (verdict.IsAccepted) (_lastSequence, _lastCapturedNs) = (message.Sequence, message.CapturedNs);
        return verdict;
    }

    private ObservationVerdict CheckStamps(Wire.Observation message, long ageNs)
    {
        if (message.Sequence <= _lastSequence || message.Sequence > long.MaxValue)
            return new(Wire.ObservationRefusal.SequenceNotRising, Found: message.Sequence, Expected: _lastSequence);
        if (_lastSequence > 0 && message.CapturedNs <= _lastCapturedNs)
            return new(Wire.ObservationRefusal.StampBackwards, Found: message.CapturedNs, Expected: _lastCapturedNs);
        if (message.SentNs != 0 && message.CapturedNs > message.SentNs)
            return new(Wire.ObservationRefusal.FromTheFuture, Found: message.CapturedNs - message.SentNs);
        return ageNs > limits.MaxObservationAge.TotalNanoseconds
            ? new(Wire.ObservationRefusal.Stale, Found: ageNs, Expected: limits.MaxObservationAge.TotalNanoseconds)
            : default;
    }

    private ObservationVerdict CheckFrames(RepeatedField<Wire.CameraFrame> frames)
    {
        foreach (var frame in frames)
            if (CameraOf(frame.Camera) is null) return new(Wire.ObservationRefusal.UnknownCamera, frame.Camera.Length <= 64 ? frame.Camera : frame.Camera[..64]);
        foreach (var camera in plan.Cameras)
        {
            var verdict = CheckCamera(camera, frames);
            if (!verdict.IsAccepted) return verdict;
        }
        return default;
    }

    private static ObservationVerdict CheckCamera(SessionCamera camera, RepeatedField<Wire.CameraFrame> frames)
    {
        Wire.CameraFrame? found = null;
        foreach (var frame in frames)
        {
            if (frame.Camera != camera.Name) continue;
            if (found is not null) return new(Wire.ObservationRefusal.CameraTwice, camera.Name);
            found = frame;
        }
        if (found is null) return new(Wire.ObservationRefusal.MissingCamera, camera.Name);
        if (WireFrames.ToDomain(found.Encoding) != camera.Encoding) return new(Wire.ObservationRefusal.WrongEncoding, camera.Name);
        if (found.WidthPx != camera.WidthPx) return new(Wire.ObservationRefusal.WrongFrameSize, camera.Name, found.WidthPx, camera.WidthPx);
        if (found.HeightPx != camera.HeightPx) return new(Wire.ObservationRefusal.WrongFrameSize, camera.Name, found.HeightPx, camera.HeightPx);
        if (found.Data.Length > camera.MaxBytes) return new(Wire.ObservationRefusal.FrameTooLarge, camera.Name, found.Data.Length, camera.MaxBytes);
        return camera.Encoding == FrameEncoding.Rgb8 && found.Data.Length != camera.RawBytes
            ? new(Wire.ObservationRefusal.WrongFrameSize, camera.Name, found.Data.Length, camera.RawBytes)
            : default;
    }

    private ObservationVerdict CheckState(Wire.ArmState? state)
    {
        if (state is null) return new(Wire.ObservationRefusal.WrongJointCount, "state", 0, plan.Profile.JointCount);
        var verdict = CheckJoints("joint_positions_rad", state.JointPositionsRad, plan.Profile);
        if (verdict.IsAccepted) verdict = CheckJoints("commanded_joints_rad", state.CommandedJointsRad, plan.Profile);
        if (verdict.IsAccepted) verdict = CheckNumbers("joint_velocities_rad_per_s", state.JointVelocitiesRadPerS, plan.Profile.JointCount);
        return verdict.IsAccepted ? CheckGripper(state.GripperWidthM) : verdict;
    }

    private ObservationVerdict CheckGripper(double widthM)
    {
        var gripper = plan.Profile.Gripper;
        if (!double.IsFinite(widthM)) return new(Wire.ObservationRefusal.StateNotFinite, "gripper_width_m");
        return widthM < gripper.ClosedWidthM - GripperToleranceM || widthM > gripper.OpenWidthM + GripperToleranceM
            ? new(Wire.ObservationRefusal.StateOutOfRange, "gripper_width_m", widthM, GripperToleranceM)
            : default;
    }

    private static ObservationVerdict CheckJoints(string name, RepeatedField<double> joints, EmbodimentProfile profile)
    {
        var verdict = CheckNumbers(name, joints, profile.JointCount);
        if (!verdict.IsAccepted) return verdict;
        for (var joint = 0; joint < joints.Count; joint++)
            if (joints[joint] < profile.PositionLowerRad[joint] - JointToleranceRad || joints[joint] > profile.PositionUpperRad[joint] + JointToleranceRad)
                return new(Wire.ObservationRefusal.StateOutOfRange, profile.JointNames[joint], joints[joint], JointToleranceRad);
        return default;
    }

    private static ObservationVerdict CheckNumbers(string name, RepeatedField<double> numbers, int count)
    {
        if (numbers.Count != count) return new(Wire.ObservationRefusal.WrongJointCount, name, numbers.Count, count);
        foreach (var number in numbers)
            if (!double.IsFinite(number)) return new(Wire.ObservationRefusal.StateNotFinite, name);
        return default;
    }

    private SessionCamera? CameraOf(string name)
    {
        foreach (var camera in plan.Cameras)
            if (camera.Name == name) return camera;
        return null;
    }
}
