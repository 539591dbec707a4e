namespace DiVLA.Control.RealTime;

/// <summary>Hands the newest trajectory from the policy thread to the loop thread.</summary>
/// <remarks>
/// A triple buffer: the policy owns one slot, the loop owns one, the third changes hands by one atomic exchange. Both sides are wait-free,
/// nobody ever reads a slot that is being written, and nothing is allocated after construction. One writer thread and one reader thread.
/// </remarks>
public sealed class TrajectoryTimeline
{
    private const int SlotMask = 3;
    private const int UnreadBit = 4;
    private readonly Trajectory[] _slots;
    private int _policySlot;
    private int _exchange = 1;
    private int _loopSlot = 2;
    private long _published;
    private int _consecutiveFaults;

    /// <summary>Preallocates the slots.</summary>
    /// <param name="horizon">Samples a trajectory.</param>
    /// <param name="jointCount">Joints of the arm.</param>
    public TrajectoryTimeline(int horizon, int jointCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(horizon, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(jointCount, 1);
        JointCount = jointCount;
        _slots = [new(horizon, jointCount), new(horizon, jointCount), new(horizon, jointCount)];
    }

    /// <summary>Joints of the arm.</summary>
    public int JointCount { get; }

    /// <summary>The slot to fill next. Holds what was left of an older trajectory: every field must be set.</summary>
    public Trajectory BeginFromPolicy() => _slots[_policySlot];

    /// <summary>Makes the filled slot the newest trajectory. Every trajectory is published, the faulty ones too: they are what hold is decided on.</summary>
    /// <remarks>What claims to be good and is not finite, or has impossible times, is downgraded here: the loop never meets it.</remarks>
    /// <returns>The outcome as published.</returns>
    public TrajectoryOutcome PublishFromPolicy()
    {
        var filled = _slots[_policySlot];
        if (filled.Outcome == TrajectoryOutcome.Good && !filled.IsWellFormed()) filled.Outcome = TrajectoryOutcome.NonFinite;
        _consecutiveFaults = filled.Outcome == TrajectoryOutcome.Good ? 0 : _consecutiveFaults + 1;
        filled.ConsecutiveFaults = _consecutiveFaults;
        filled.Number = ++_published;
        var outcome = filled.Outcome;
        _policySlot = Interlocked.Exchange(ref _exchange, _policySlot | UnreadBit) & SlotMask;
        return outcome;
    }

    /// <summary>The newest trajectory, or null before the first. Valid until the next call.</summary>
    public Trajectory? ReadFromLoop()
    {
        if ((Volatile.Read(ref _exchange) & UnreadBit) != 0)
            _loopSlot = Interlocked.Exchange(ref _exchange, _loopSlot) & SlotMask;
        var newest = _slots[_loopSlot];
        return newest.Number == 0 ? null : newest;
    }
}
