using DiVLA.Control.Policy;
using DiVLA.Control.RealTime;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Service.Sessions;

/// <summary>Plans from the newest observation, again and again: mailbox -> policy -> timeline. A thread of its own, which allocates nothing after warm-up.</summary>
internal sealed class PolicyThread
{
    private readonly ObservationMailbox _mailbox;
    private readonly DiffusionVlaPolicy _policy;
    private readonly TrajectoryTimeline _timeline;
    private readonly PlanTraces _traces;
    private readonly InferenceStatistics _statistics;
    private readonly PolicyFaultBox _faults;
    private readonly TimeProvider _clock;
    private readonly PolicyTrajectory _plan;
    private readonly Thread _thread;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public PolicyThread(
        ObservationMailbox mailbox,
        DiffusionVlaPolicy policy,
        TrajectoryTimeline timeline,
        PlanTraces traces,
        InferenceStatistics statistics,
        PolicyFaultBox faults,
        TimeProvider clock)
    {
        (_mailbox, _policy, _timeline, _traces, _statistics, _faults, _clock) = (mailbox, policy, timeline, traces, statistics, faults, clock);
        _plan = policy.CreateTrajectory();
        _thread = new Thread(Run) { Name = "divla-policy" };
    }

    /// <summary>Ends when the thread has ended: faulted where it ended by an exception.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Samples of a trajectory.</summary>
    public int Horizon => _plan.Horizon;

    public void Start() => _thread.Start();

    /// <summary>Waits for the thread to end after its mailbox was closed.</summary>
    public void Join()
    {
        if (_thread.ThreadState != ThreadState.Unstarted) _thread.Join();
    }

    private void Run()
    {
        try
        {
            while (_mailbox.TakeFromPolicyThread(out var observation)) Plan(observation);
            _completion.SetResult();
        }
        catch (Exception fault)
        {
            _completion.SetException(fault);
        }
    }

    private void Plan(ObservationSlot observation)
    {
        var takenAt = MonotonicTime.Now(_clock);
        var outcome = _policy.InferFromPolicyThread(observation.AsObservation(), _plan);
        var inferredAt = MonotonicTime.Now(_clock);
        _statistics.RecordFromPolicyThread(outcome, _plan, observation, takenAt, inferredAt);
        if (outcome != PolicyOutcome.Ok) _faults.PutFromPolicyThread(_plan.Fault, observation.Sequence);
        if (OutcomeForLoop(outcome) is not { } forLoop) return;
        _traces.AddFromPolicyThread(new PlanTrace(
            (long)observation.Sequence, observation.CapturedAt, observation.ReceivedAt, takenAt, inferredAt, _plan.StageTimes, _plan.Phrase));
        Publish(observation, forLoop);
    }

    private void Publish(ObservationSlot observation, TrajectoryOutcome outcome)
    {
        var trajectory = _timeline.BeginFromPolicy();
        trajectory.ObservationId = (long)observation.Sequence;
        trajectory.ObservationTime = observation.CapturedAt;
        trajectory.Anchor = observation.State.CommandedJoints;
        trajectory.FirstSampleOffsetNs = _plan.TimeOf(0) - _plan.ObservedAt;
        trajectory.SamplePeriodNs = _plan.Horizon > 1 ? _plan.TimeOf(1) - _plan.TimeOf(0) : trajectory.FirstSampleOffsetNs;
        trajectory.PhraseId = _plan.Phrase?.Id ?? 0;
        trajectory.PhraseState = ToLoop(_plan.PhraseState);
        trajectory.Outcome = outcome;
        if (outcome == TrajectoryOutcome.Good) CopySamples(trajectory);
        _timeline.PublishFromPolicy();
    }

    private void CopySamples(Trajectory trajectory)
    {
        for (var sample = 0; sample < _plan.Horizon; sample++)
        {
            ref readonly var command = ref _plan[sample];
            command.Joints.AsSpan().CopyTo(trajectory.JointsAt(sample));
            trajectory.GripperWidths[sample] = command.GripperWidth;
        }
    }

    // Null: nothing was planned, and nothing is wrong with the arm or the policy. The ladder sees that by the age of what it has.
    private static TrajectoryOutcome? OutcomeForLoop(PolicyOutcome outcome) => outcome switch
    {
        PolicyOutcome.Ok => TrajectoryOutcome.Good,
        PolicyOutcome.AwaitingPhrase or PolicyOutcome.RejectedFrame or PolicyOutcome.RejectedState => null,
        PolicyOutcome.NonFinite => TrajectoryOutcome.NonFinite,
        PolicyOutcome.FailedKinematicsCheck => TrajectoryOutcome.KinematicsMismatch,
        PolicyOutcome.OutsideTrainedRange => TrajectoryOutcome.OutOfTrainedRange,
        _ => TrajectoryOutcome.PolicyFault,
    };

    private static PhraseState ToLoop(Policy.Reasoning.PhraseState state) => state switch
    {
        Policy.Reasoning.PhraseState.Verified => PhraseState.Verified,
        Policy.Reasoning.PhraseState.Pending => PhraseState.Pending,
        Policy.Reasoning.PhraseState.Pinned => PhraseState.Pinned,
        _ => PhraseState.None,
    };
}
