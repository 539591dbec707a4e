using DiVLA.Control.Robot;

namespace DiVLA.Control.Client;

/// <summary>The motion from a last commanded velocity to a stand, all joints together, so that the tool stays on its path's tangent.</summary>
/// <remarks>
/// Velocity falls as half a cosine, v(t) = v0 (1 + cos(pi t / T)) / 2. Its largest deceleration is pi v0 / (2 T) and its largest jerk
/// pi^2 v0 / (2 T^2); T is the shortest time that keeps both within the limits of every joint. Starts from zero acceleration.
/// </remarks>
internal sealed class SmoothStop
{
    private readonly EmbodimentContract _contract;
    private JointPositions _start;
    private JointVelocities _velocity;
    private double _gripperWidth;

    public SmoothStop(EmbodimentContract contract) => _contract = contract;

    /// <summary>How long the arm takes to stand. Unit: s.</summary>
    public double DurationSeconds { get; private set; }

    /// <summary>Begins at a commanded point and the velocity that led there. Unit: rad/s.</summary>
    public void Begin(in RobotCommand command, in JointVelocities velocity)
    {
        _start = command.Joints;
        _velocity = velocity;
        _gripperWidth = command.GripperWidth;
        DurationSeconds = 0;
        for (var joint = 0; joint < _start.Count; joint++)
            DurationSeconds = Math.Max(DurationSeconds, ShortestStop(joint, Math.Abs(velocity[joint])));
    }

    /// <summary>Where the arm shall be after <paramref name="seconds"/>. Unit: s.</summary>
    public RobotCommand At(double seconds)
    {
        var joints = _start;
        for (var joint = 0; joint < joints.Count; joint++)
        {
            var position = _start[joint] + _velocity[joint] * VelocitySeconds(seconds);
            joints[joint] = Math.Clamp(position, _contract.PositionLowerRad[joint], _contract.PositionUpperRad[joint]);
        }
        return new RobotCommand(joints, _gripperWidth);
    }

    // Integral of (1 + cos(pi t / T)) / 2, which stays at T / 2 once the arm stands.
    private double VelocitySeconds(double seconds)
    {
        var t = Math.Clamp(seconds, 0, DurationSeconds);
        return t == 0 ? 0 : (t + DurationSeconds / Math.PI * Math.Sin(Math.PI * t / DurationSeconds)) / 2;
    }

    private double ShortestStop(int joint, double speed) => Math.Max(
        Math.PI * speed / (2 * _contract.AccelerationLimitRadPerS2[joint]),
        Math.PI * Math.Sqrt(speed / (2 * _contract.JerkLimitRadPerS3[joint])));
}
