using DiVLA.Control.Robot;

namespace DiVLA.Control.RealTime;

/// <summary>What other threads tell the loop: the newest observation, the lease, stop and reset.</summary>
/// <remarks>The loop's side never blocks: a writer that was interrupted in the middle costs it at most the news of one tick.</remarks>
public sealed class LoopSignals
{
    private readonly int _jointCount;
    private readonly Lock _ingress = new();
    private readonly Lock _resets = new();
    private SequenceGuard _guard;
    private ObservationMark _newest;
    private ObservationMark _lastRead;
    private long _leaseRenewedNs;
    private int _stop;
    private ResetRequest? _reset;

    internal LoopSignals(int jointCount) => _jointCount = jointCount;

    /// <summary>Tells of an observation that was received and accepted. Older news than what is known changes nothing.</summary>
    /// <param name="observationId">Grows within a session; the same that its <see cref="Trajectory"/> will carry.</param>
    /// <param name="observedAt">When the observation was made.</param>
    public void ObserveFromIngress(long observationId, MonotonicTime observedAt)
    {
        lock (_ingress)
        {
            if (_newest.Exists && observationId <= _newest.Id) return;
            _guard.BeginWrite();
            _newest = new ObservationMark(true, observationId, observedAt);
            _guard.EndWrite();
        }
    }

    /// <summary>Tells of a sign of life of the robot's controller.</summary>
    public void RenewLeaseFromIngress(MonotonicTime now) => Volatile.Write(ref _leaseRenewedNs, now.Nanoseconds);

    /// <summary>Asks the loop to brake and stay stopped until a reset. Takes effect at the next tick.</summary>
    public void RequestStopFromAnyThread(StopReason reason)
    {
        if (reason == StopReason.EmergencyStop) Volatile.Write(ref _stop, (int)reason);
        else Interlocked.CompareExchange(ref _stop, (int)reason, 0);
    }

    /// <summary>The stop that is asked for, in force already or not; null where none is, or where a reset has withdrawn it.</summary>
    public StopReason? StopAskedFor => ReadStopFromLoop();

    /// <summary>Withdraws every stop asked for so far. Takes effect at the next tick; a stop asked for afterwards wins.</summary>
    /// <param name="anchor">Where the arm is now, if it was moved while stopped; null to go on from the last command.</param>
    /// <returns>Number of the reset: commands that have it, or a greater one, were made with this reset in force.</returns>
    /// <remarks>Trajectories published before the reset are not followed any more.</remarks>
    /// <exception cref="ArgumentException">The anchor has the wrong number of joints or is not finite.</exception>
    public long RequestResetFromAnyThread(RobotCommand? anchor = null)
    {
        if (anchor is { } position) Check(position, nameof(anchor));
        lock (_resets)
        {
            var reset = new ResetRequest((_reset?.Number ?? 0) + 1, anchor);
            Interlocked.Exchange(ref _stop, 0);
            Volatile.Write(ref _reset, reset);
            return reset.Number;
        }
    }

    internal void Check(in RobotCommand position, string parameter)
    {
        if (position.Joints.Count != _jointCount || !position.Joints.IsFinite() || !double.IsFinite(position.GripperWidth))
            throw new ArgumentException($"Expected {_jointCount} finite joints and a finite width.", parameter);
    }

    // Bounded: what an interrupted writer was about to say is read at the next tick.
    internal ObservationMark ReadNewestFromLoop()
    {
        for (var attempt = 0; attempt < 4; attempt++)
        {
            if (!_guard.TryBeginRead(out var version)) continue;
            var mark = _newest;
            if (!_guard.EndRead(version)) continue;
            _lastRead = mark;
            break;
        }
        return _lastRead;
    }

    internal MonotonicTime ReadLeaseFromLoop() => new(Volatile.Read(ref _leaseRenewedNs));

    internal StopReason? ReadStopFromLoop() => Volatile.Read(ref _stop) is var stop and not 0 ? (StopReason)stop : null;

    internal ResetRequest? ReadResetFromLoop() => Volatile.Read(ref _reset);
}

/// <summary>The newest observation.</summary>
internal readonly record struct ObservationMark(bool Exists, long Id, MonotonicTime ObservedAt);

/// <summary>One reset; recognised by its identity.</summary>
internal sealed class ResetRequest(long number, RobotCommand? anchor)
{
    public long Number { get; } = number;

    public RobotCommand? Anchor { get; } = anchor;
}
