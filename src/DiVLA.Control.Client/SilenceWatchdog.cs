using DiVLA.Control.Protocol.V1;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Client;

/// <summary>Brakes the arm when actions stop coming: a robot must not depend on the network to stop.</summary>
/// <remarks>
/// From the first missing action on, the last motion goes on while it slows down smoothly. Where the action was only late, the arm is still
/// within a hair of where it wants the arm; where the service is gone, the arm comes to a stand without a jerk.
/// Pure arithmetic over instants that the caller passes in. Used under the client's delivery lock, by one thread at a time.
/// </remarks>
internal sealed class SilenceWatchdog
{
    private const double MissingAfterPeriods = 2;

    private readonly SmoothStop _stop;
    private readonly double[] _velocityLimits;
    private readonly long _missingAfterNanoseconds;
    private readonly long _silentAfterNanoseconds;
    private RobotAction _last;
    private JointVelocities _velocity;
    private bool _isArmed;

    public SilenceWatchdog(EmbodimentContract contract, TimeSpan silenceLimit)
    {
        _stop = new SmoothStop(contract);
        _velocityLimits = [.. contract.VelocityLimitRadPerS];
        _missingAfterNanoseconds = (long)(MissingAfterPeriods * 1e9 / contract.ControlRateHz);
        _silentAfterNanoseconds = Math.Max(_missingAfterNanoseconds, (long)(silenceLimit.TotalMilliseconds * 1e6));
    }

    /// <summary>True while hold commands replace actions.</summary>
    public bool IsHolding { get; private set; }

    /// <summary>True once the silence is so long that the session counts as lost.</summary>
    public bool IsSilent(MonotonicTime now) => _isArmed && now - _last.ReceivedAt >= _silentAfterNanoseconds;

    /// <summary>Takes note of an action that the arm was given.</summary>
    public void Feed(in RobotAction action)
    {
        var isContinuous = _isArmed && !IsSilent(action.ReceivedAt);
        _velocity = isContinuous ? VelocityInto(action) : Standing(action.Command.Joints.Count);
        _last = action;
        _isArmed = true;
        IsHolding = false;
    }

    /// <summary>Gives a command where at least one action is missing. Before the first action there is nothing to hold.</summary>
    public bool TryHold(MonotonicTime now, out RobotAction hold)
    {
        hold = default;
        if (!_isArmed || now - _last.ReceivedAt < _missingAfterNanoseconds) return false;
        if (!IsHolding) _stop.Begin(_last.Command, _velocity);
        IsHolding = true;
        hold = _last with
        {
            Due = now,
            ReceivedAt = now,
            Command = _stop.At((now - _last.ReceivedAt) / 1e9),
            State = LadderState.Hold,
            Reason = LadderReason.ServiceSilent,
            IsLimited = false,
            StageTimes = null,
        };
        return true;
    }

    private static JointVelocities Standing(int joints) => new(stackalloc double[joints]);

    // Late actions come in bunches: the due instants, not the arrivals, tell how fast the arm was going.
    private JointVelocities VelocityInto(in RobotAction action)
    {
        var velocity = Standing(action.Command.Joints.Count);
        var seconds = (action.Due - _last.Due) / 1e9;
        if (seconds <= 0) return velocity;
        for (var joint = 0; joint < velocity.Count; joint++)
        {
            var speed = (action.Command.Joints[joint] - _last.Command.Joints[joint]) / seconds;
            velocity[joint] = Math.Clamp(speed, -_velocityLimits[joint], _velocityLimits[joint]);
        }
        return velocity;
    }
}
