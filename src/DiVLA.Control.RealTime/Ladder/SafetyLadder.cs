namespace DiVLA.Control.RealTime;

/// <summary>Decides at every tick what the command may rest on. Knows no clock and moves nothing; used by one thread.</summary>
internal sealed class SafetyLadder(RealTimeOptions options)
{
    private readonly long _maxTrajectoryAgeNs = options.MaxTrajectoryAge.Ticks * 100;
    private readonly long _maxObservationAgeNs = options.MaxObservationAge.Ticks * 100;
    private readonly long _leaseNs = options.LeaseTimeout.Ticks * 100;
    private LadderReason? _latched;
    private long _ignoredThrough;
    private long _lastFollowed;

    /// <summary>True while stopped, or while the session is ending.</summary>
    public bool IsLatched => _latched is not null;

    /// <summary>Takes the ladder's next decision.</summary>
    public LadderDecision Decide(in LadderInputs inputs, Trajectory? newest)
    {
        var trajectory = newest?.Number > _ignoredThrough ? newest : null;
        Latch(inputs, trajectory);
        // A session that ends in good order leaves nothing behind that would have to be reset.
        if (_latched is { } reason) return new(reason.IsEndOfSession() ? LadderState.Hold : LadderState.Stopped, reason);
        if (WhyHold(inputs, trajectory) is { } hold) return new(LadderState.Hold, hold);
        return Follow(inputs, trajectory!);
    }

    /// <summary>Leaves stopped. Trajectories up to number <paramref name="newest"/> were planned before and are not followed any more.</summary>
    public void Reset(long newest)
    {
        _latched = null;
        _ignoredThrough = newest;
    }

    private void Latch(in LadderInputs inputs, Trajectory? trajectory)
    {
        if (inputs.Stop == StopReason.EmergencyStop) _latched = LadderReason.EmergencyStop;
        else if (_latched is null && inputs.Stop is { } stop) _latched = ReasonOf(stop);
        else if (_latched is null && inputs.Due - inputs.LeaseRenewed > _leaseNs) _latched = LadderReason.LeaseLapsed;
        else if (_latched is null && trajectory is not null && FaultsSinceReset(trajectory) >= options.MaxConsecutiveFaults) _latched = LadderReason.RepeatedFaults;
    }

    private long FaultsSinceReset(Trajectory trajectory) => Math.Min(trajectory.ConsecutiveFaults, trajectory.Number - _ignoredThrough);

    private LadderReason? WhyHold(in LadderInputs inputs, Trajectory? trajectory)
    {
        if (trajectory is null) return LadderReason.NoTrajectory;
        if (!inputs.Newest.Exists || inputs.Due - inputs.Newest.ObservedAt > _maxObservationAgeNs) return LadderReason.ObservationTooOld;
        if (trajectory.Outcome != TrajectoryOutcome.Good) return ReasonOf(trajectory.Outcome);
        var age = inputs.Due - trajectory.ObservationTime;
        if (age > _maxTrajectoryAgeNs) return LadderReason.TrajectoryTooOld;
        return age > trajectory.LengthNs ? LadderReason.BeyondHorizon : null;
    }

    private LadderDecision Follow(in LadderInputs inputs, Trajectory trajectory)
    {
        var isFirstUse = trajectory.Number != _lastFollowed;
        _lastFollowed = trajectory.Number;
        if (trajectory.ObservationId < inputs.Newest.Id) return new(LadderState.Reused, LadderReason.InferenceLate);
        return isFirstUse ? new(LadderState.Fresh, LadderReason.None) : new(LadderState.Reused, LadderReason.NoNewObservation);
    }

    private static LadderReason ReasonOf(StopReason stop) => stop switch
    {
        StopReason.OperatorStop => LadderReason.OperatorStop,
        StopReason.ControllerStop => LadderReason.ControllerStop,
        StopReason.Shutdown => LadderReason.Shutdown,
        _ => LadderReason.EmergencyStop,
    };

    private static LadderReason ReasonOf(TrajectoryOutcome outcome) => outcome switch
    {
        TrajectoryOutcome.NonFinite => LadderReason.NotFinite,
        TrajectoryOutcome.KinematicsMismatch => LadderReason.KinematicsMismatch,
        TrajectoryOutcome.OutOfTrainedRange => LadderReason.OutOfTrainedRange,
        _ => LadderReason.PolicyFault,
    };
}
