using DiVLA.Control.Robot;

namespace DiVLA.Control.RealTime;

/// <summary>Owes one command every tick and pays it: the newest trajectory sampled at the tick's own instant, down the ladder, within the limits.</summary>
/// <remarks>
/// Runs on a thread of its own, which allocates nothing and blocks on nothing but the deadline. Everything it hears comes through
/// <see cref="TrajectoryTimeline"/> and <see cref="LoopSignals"/>, everything it says goes through <see cref="ICommandEgress"/>.
/// Every served tick posts exactly one command, in hold and when stopped too.
/// </remarks>
public sealed class DeadlineLoop
{
    private readonly RealTimeOptions _options;
    private readonly EmbodimentProfile _profile;
    private readonly TimeProvider _clock;
    private readonly ITickWaiter _waiter;
    private readonly TrajectoryTimeline _timeline;
    private readonly ICommandEgress _egress;
    private readonly SafetyLadder _ladder;
    private readonly SafetyLimiter _limiter;
    private readonly LoopStatistics _statistics;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DeadlineSchedule _schedule;
    private RealTimeThread? _thread;
    private ResetRequest? _lastReset;
    private TargetPoint _target;
    private TickRecord _record;
    private RobotCommand _command;
    private volatile bool _isStopping;
    private long _stopAskedNs = long.MaxValue;
    private long _endedNs = long.MaxValue;

    /// <summary>Preallocates everything that the loop needs.</summary>
    /// <exception cref="ArgumentException">Options or profile are wrong, or the timeline is for another number of joints; names every fault.</exception>
    public DeadlineLoop(
        RealTimeOptions options, EmbodimentProfile profile, TimeProvider clock, ITickWaiter waiter, TrajectoryTimeline timeline, ICommandEgress egress)
    {
        var errors = options.Validate();
        if (errors.Count > 0) throw new ArgumentException(string.Join("; ", errors), nameof(options));
        if (timeline.JointCount != profile.JointCount)
            throw new ArgumentException($"Timeline of {timeline.JointCount} joints for an arm of {profile.JointCount}.", nameof(timeline));
        (_options, _profile, _clock, _waiter, _timeline, _egress) = (options, profile, clock, waiter, timeline, egress);
        Signals = new LoopSignals(profile.JointCount);
        Interventions = new InterventionLog(profile.JointCount, options.InterventionLogSize);
        FlightRecorder = new FlightRecorder(options.FlightRecorderTicks);
        _ladder = new SafetyLadder(options);
        _limiter = new SafetyLimiter(profile, options.ControlRateHz, Interventions);
        _statistics = new LoopStatistics(options.WarmUpTicks);
        // Before the loop begins, nothing is ever due.
        _schedule = new DeadlineSchedule(new MonotonicTime(long.MaxValue), options.ControlRateHz);
    }

    /// <summary>What other threads tell the loop.</summary>
    public LoopSignals Signals { get; }

    /// <summary>The last ticks in full.</summary>
    public FlightRecorder FlightRecorder { get; }

    /// <summary>What the limiter changed.</summary>
    public InterventionLog Interventions { get; }

    /// <summary>When tick 0 is due: tick k follows k / rate later. Set by <see cref="Start"/>.</summary>
    public MonotonicTime FirstDue => _schedule.Start;

    /// <summary>Ends when the loop's thread has ended: faulted where it ended by an exception.</summary>
    public Task Completion => _completion.Task;

    /// <summary>What the loop has done so far, and what the clock says that it owed. From any thread.</summary>
    public LoopStatisticsSnapshot Statistics()
    {
        // The clock first: a tick that is served meanwhile is served, not overdue.
        var until = new MonotonicTime(Math.Min(MonotonicTime.Now(_clock).Nanoseconds, Volatile.Read(ref _endedNs)));
        var done = _statistics.Snapshot();
        return done with
        {
            ElapsedNs = Math.Max(0, until - _schedule.Start),
            Overdue = Math.Max(0, _schedule.LastDueAt(until) - done.TicksDue),
        };
    }

    /// <summary>Starts the thread. The lease counts from here.</summary>
    /// <param name="position">Where the arm is, at rest: the first command starts there.</param>
    /// <param name="firstDue">When tick 0 is due; by default two periods from now, when all code has been rehearsed.</param>
    /// <returns>What came of every measure for punctuality; to be logged.</returns>
    /// <exception cref="InvalidOperationException">The loop was started before.</exception>
    /// <exception cref="ArgumentException">The position has the wrong number of joints or is not finite.</exception>
    /// <exception cref="RealTimeRefusedException">Measures that the options enforce were refused.</exception>
    public RealTimeReport Start(in RobotCommand position, MonotonicTime? firstDue = null)
    {
        if (_thread is not null) throw new InvalidOperationException("The loop was started before.");
        Signals.Check(position, nameof(position));
        LoopRehearsal.Run(_options, _profile);
        var now = MonotonicTime.Now(_clock);
        Begin(position, now, firstDue ?? now + (long)(2e9 / _options.ControlRateHz));
        _thread = RealTimeThread.Start("divla-loop", _options, Run);
        return _thread.Report;
    }

    /// <summary>Ends the thread and waits for it. No command follows; the arm keeps the last one.</summary>
    public void Stop()
    {
        Interlocked.CompareExchange(ref _stopAskedNs, MonotonicTime.Now(_clock).Nanoseconds, long.MaxValue);
        _isStopping = true;
        _waiter.WakeFromAnyThread();
        _thread?.Join();
    }

    /// <summary>Lays out the ticks from <paramref name="firstDue"/> on and lets the lease count from <paramref name="now"/>.</summary>
    internal void Begin(in RobotCommand position, MonotonicTime now, MonotonicTime firstDue)
    {
        _limiter.ResetTo(position);
        _schedule = new DeadlineSchedule(firstDue, _options.ControlRateHz);
        Signals.RenewLeaseFromIngress(now);
    }

    private void Run()
    {
        try
        {
            while (RunTick())
            {
                // One tick after the other until the loop is stopped.
            }
            NoteEnd();
            _completion.SetResult();
        }
        catch (Exception fault)
        {
            NoteEnd();
            _completion.SetException(fault);
        }
    }

    // Nothing is owed from the moment on at which the loop was asked to stop, however late it notices.
    private void NoteEnd() =>
        Volatile.Write(ref _endedNs, Math.Min(MonotonicTime.Now(_clock).Nanoseconds, Volatile.Read(ref _stopAskedNs)));

    /// <summary>Waits for the next tick and serves it.</summary>
    /// <returns>False where the loop is stopping.</returns>
    internal bool RunTick()
    {
        // :: Wait for the absolute deadline; ticks that passed unserved are counted.
        var woken = _waiter.WaitUntil(_schedule.NextDue);
        if (_isStopping) return false;
        var tick = _schedule.Serve(woken);

        // :: What the command may rest on.
        var trajectory = _timeline.ReadFromLoop();
        ApplyReset(trajectory);
        var inputs = new LadderInputs(tick.Due, Signals.ReadNewestFromLoop(), Signals.ReadLeaseFromLoop(), Signals.ReadStopFromLoop());
        var decision = _ladder.Decide(inputs, trajectory);

        // :: Where the arm shall be, and how near to that the limits let it come.
        var limited = LimiterRules.None;
        if (decision.Follows)
        {
            TrajectorySampler.SampleAt(trajectory!, tick.Due, ref _target);
            limited = _limiter.Follow(tick, _target, ref _command);
        }
        else
        {
            _limiter.DecelerateToHold(tick, ref _command);
        }

        // :: Say it, then write it down.
        Describe(tick, decision, decision.Follows ? trajectory : null, limited);
        _egress.PostFromLoop(_record.Command);
        var posted = MonotonicTime.Now(_clock);
        _record.Skipped = tick.Skipped;
        _record.WakeLatenessNs = woken - tick.Due;
        _record.PostLatenessNs = posted - tick.Due;
        FlightRecorder.RecordFromLoop(_record);
        _statistics.RecordFromLoop(_record, _schedule.TicksDue, _schedule.Missed);
        return true;
    }

    private void ApplyReset(Trajectory? trajectory)
    {
        var reset = Signals.ReadResetFromLoop();
        if (ReferenceEquals(reset, _lastReset)) return;
        _lastReset = reset;
        if (_ladder.IsLatched && _limiter.IsAtRest && reset?.Anchor is { } anchor) _limiter.ResetTo(anchor);
        _ladder.Reset(trajectory?.Number ?? 0);
    }

    private void Describe(in Tick tick, LadderDecision decision, Trajectory? followed, LimiterRules limited)
    {
        _record.Command = new TickCommand
        {
            TickIndex = tick.Index,
            Due = tick.Due,
            Command = _command,
            State = decision.State,
            Reason = decision.Reason,
            ObservationId = followed?.ObservationId ?? 0,
            PhraseId = followed?.PhraseId ?? 0,
            PhraseState = followed?.PhraseState ?? PhraseState.None,
            TrajectoryAgeNs = followed is null ? 0 : tick.Due - followed.ObservationTime,
            Limited = limited,
            Reset = _lastReset?.Number ?? 0,
        };
    }
}
