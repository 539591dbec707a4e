using DiVLA.Control.Policy;
using DiVLA.Control.Policy.Reasoning;
using DiVLA.Control.RealTime;
using DiVLA.Control.Robot;
using DiVLA.Control.Service.Identity;
using DiVLA.Control.Service.Live;
using DiVLA.Control.Service.Records;
using DiVLA.Control.Service.Telemetry;
using Grpc.Core;

namespace DiVLA.Control.Service.Sessions;

/// <summary>One arm under control: the one place where policy and loop meet.</summary>
/// <remarks>
/// The path of a frame, and the thread that each part runs on:
/// <code>
/// SessionIngress  (gRPC reader)   checks the observation                        -> ObservationMailbox, newest wins
/// PolicyThread    (divla-policy)  DiffusionVlaPolicy: frame to trajectory       -> TrajectoryTimeline, newest wins
/// DeadlineLoop    (divla-loop)    samples it at every tick, ladder and limits   -> CommandRing
/// CommandEgress   (divla-egress)  hands the command to the transport            -> the robot
/// </code>
/// Reasoning is decoded by a thread of the policy's own.
/// </remarks>
internal sealed class ControlSession : IDisposable
{
    /// <summary>How long a reset waits for the first command that knows of it. A command leaves every few milliseconds, unless the connection is blocked.</summary>
    public static readonly TimeSpan ResetPatience = TimeSpan.FromSeconds(2);

    private readonly SessionPlan _plan;
    private readonly SessionLimits _limits;
    private readonly TimeProvider _clock;
    private readonly RealTimeOptions _realTime;
    private readonly SessionLog _log;
    private readonly DiffusionVlaPolicy _policy;
    private readonly ObservationMailbox _mailbox;
    private readonly SessionIngress _ingress;
    private readonly PolicyThread _policyThread;
    private readonly SleepThenSpinTickWaiter _waiter;
    private readonly DeadlineLoop _loop;
    private readonly CommandRing _ring = new();
    private readonly CommandEgress _egress;
    private readonly LadderWatch _ladder = new();
    private readonly SessionNews _news = new();
    private readonly ClockOffset _clockOffset = new();
    private readonly SessionMeasures _measures;
    private readonly RecentMeasures _recent;
    private readonly SessionTelemetry _telemetry;
    private readonly InterventionReporter _interventions;
    private readonly FlightLog _flight;
    private readonly SessionRecord? _record;
    private readonly Lock _ending = new();
    private readonly CancellationTokenSource _ended = new();
    private readonly TaskCompletionSource<Wire.SessionEnd> _endRequest = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isEnding;

    /// <summary>Puts the parts together. Slow: warms the policy up.</summary>
    public ControlSession(string id, SessionPlan plan, SessionParts parts, IServerStreamWriter<Wire.ControlResponse> responses)
    {
        (Id, _plan, _limits, _clock) = (id, plan, parts.Options.Limits, parts.Options.Clock);
        _log = new SessionLog(parts.Logger, id, plan.RobotId, _clock);
        _realTime = parts.Options.RealTime with { ControlRateHz = plan.Profile.ControlRateHz, LeaseTimeout = plan.Lease };

        _policy = parts.Bundle.CreatePolicy(plan.Profile, plan.NoiseSeed, _clock);
        _policy.SetInstruction(plan.Instruction);
        _mailbox = new ObservationMailbox(plan.Cameras);
        var timeline = new TrajectoryTimeline(_policy.CreateTrajectory().Horizon, plan.Profile.JointCount);
        _waiter = new SleepThenSpinTickWaiter(_clock, _realTime.SpinBeforeDeadline);
        _loop = new DeadlineLoop(_realTime, plan.Profile, _clock, _waiter, timeline, _ring);
        _measures = new SessionMeasures(_realTime, _policy, _loop, _ring, _mailbox, _clockOffset);
        _recent = new RecentMeasures(_measures);

        var traces = new PlanTraces();
        var faults = new PolicyFaultBox();
        Frames = new FrameTap(_clock);
        _ingress = new SessionIngress(
            new ObservationGate(plan, _limits), _mailbox, _clockOffset, _loop.Signals, _policy, _measures.Observations, Frames, _news, _log, _clock);
        _policyThread = new PolicyThread(_mailbox, _policy, timeline, traces, _measures.Inferences, faults, _clock);
        Boards = new SessionBoards(_limits.MaxWatchers);
        _interventions = new InterventionReporter(_loop.Interventions, plan.Profile.JointNames, _log, _clock);
        _flight = new FlightLog(parts.Options.Log.Folder, id, plan.Profile.JointNames, _loop, _log);
        _record = parts.Recorder.Open(new SessionFacts(id, plan.RobotId, plan.Profile.Name, parts.Bundle.Manifest.Revision, plan.Profile.JointNames));
        var reporter = new SessionReporter(_policy, _ladder, Boards, _record, faults, _news, _measures.Commands, _interventions, _flight, _log, _clock);
        _telemetry = parts.Telemetry.Open(id, plan.RobotId, _measures);
        _egress = new CommandEgress(
            _ring, responses, traces, _measures.Commands, _telemetry.Ticks, _news, reporter, new ActionMessage(_clockOffset, plan.ReportStageTimes), _clock);
        _log.Opened(plan, parts.Bundle.Manifest.Revision);
    }

    public string Id { get; }

    public string RobotId => _plan.RobotId;

    public string Embodiment => _plan.Profile.Name;

    /// <summary>What the arm is and may do.</summary>
    public EmbodimentProfile Profile => _plan.Profile;

    public string Instruction => _ingress.Instruction is { Length: > 0 } changed ? changed : _plan.Instruction;

    /// <summary>The last command that left.</summary>
    public TickCommand LastCommand => _ladder.Last;

    /// <summary>Why the arm does what it does, and on which rung it is.</summary>
    public SessionBoards Boards { get; }

    /// <summary>What the cameras see.</summary>
    public FrameTap Frames { get; }

    /// <summary>The same, small, for people.</summary>
    public Thumbnails Thumbnails { get; } = new();

    /// <summary>Where the arm was last seen; null before the first observation.</summary>
    public ObservedArm? Observed => _ingress.Arm;

    /// <summary>What an operator holds of the phrase; null where nothing.</summary>
    public PhrasePin? CurrentPin => _policy.CurrentPin;

    /// <summary>Ends when the arm stands, the threads have ended and the robot has its summary.</summary>
    public Task Closed => _closed.Task;

    /// <summary>What the session has done so far.</summary>
    public Wire.SessionStatistics Statistics() => _measures.Read(isOver: false);

    /// <summary>The same with the last second or so by itself, for those who watch.</summary>
    public Wire.SessionStatistics LiveStatistics(MonotonicTime now) => _recent.AddTo(Statistics(), now);

    /// <summary>Starts the loop. Its first command keeps the arm where it is; with <paramref name="stopped"/> it stays there until a reset.</summary>
    public Wire.SessionAccepted Start(bool stopped)
    {
        if (stopped) RequestEmergencyStop();
        var realTime = _loop.Start(_plan.Start);
        _log.RealTime("loop", realTime);
        return new Wire.SessionAccepted
        {
            SessionId = Id,
            T0Ns = _loop.FirstDue.Nanoseconds,
            ControlRateHz = _plan.Profile.ControlRateHz,
            Embodiment = Embodiment,
            ContractSha256 = _plan.ContractSha256,
            LeaseMs = (uint)_plan.Lease.TotalMilliseconds,
            RealtimeDenied = { realTime.Denied.Select(denied => denied.ToString()) },
        };
    }

    /// <summary>Drives the arm until either side ends it; then brings it to rest.</summary>
    /// <param name="requests">What the robot sends.</param>
    /// <param name="abort">Cuts a connection that takes nothing any more.</param>
    public async Task<Wire.SessionSummary> RunAsync(IAsyncStreamReader<Wire.ControlRequest> requests, Action abort)
    {
        _log.RealTime("egress", _egress.Start(_realTime.ForEgress()));
        _policyThread.Start();
        using var abandoned = _clock.CreateTimer(_ => EndIfOverdue(), null, _limits.AbandonAfter / 10, _limits.AbandonAfter / 10);
        var reading = _ingress.ReadAsync(requests, _ended.Token);
        var end = await FirstEnd(reading);

        await BrakeAsync(end);
        await StopThreadsAsync(abort);
        await _ended.CancelAsync();
        await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await WriteDownAsync(end);
        return Summarise(end);
    }

    /// <summary>What the robot did that it must not do; null where nothing.</summary>
    public RpcException? Violation => _ingress.Violation;

    /// <summary>Asks the session to end. Any thread; <see cref="Closed"/> says when it has.</summary>
    public void RequestEnd(Wire.SessionEnd end) => _endRequest.TrySetResult(end);

    /// <summary>Stops the arm until it is reset, from the next tick on.</summary>
    public void RequestEmergencyStop() => _loop.Signals.RequestStopFromAnyThread(StopReason.EmergencyStop);

    /// <summary>Stops the arm until it is reset, and waits for the command that says so.</summary>
    /// <returns>The first such command, also where that was before; null where the session was over first.</returns>
    public async Task<SentCommand?> EmergencyStopAsync()
    {
        var stopped = _ladder.WhenEmergencyStopped();
        RequestEmergencyStop();
        return await Task.WhenAny(stopped, Closed) == stopped ? await stopped : null;
    }

    /// <summary>Gives the arm another instruction, as the robot itself may. Any thread.</summary>
    public InstructionCheck Instruct(string instruction) => _ingress.Instruct(instruction);

    /// <summary>Holds words of the phrase for an operator.</summary>
    public PinCheck Pin(PinRequest request)
    {
        var before = _policy.CurrentPin;
        var check = _policy.Pin(request);
        _log.Pin(request, check);
        Record(WirePins.RecordOf(request, check, isOverriding: before is not null));
        return check;
    }

    /// <summary>Lets the policy speak for itself again.</summary>
    /// <returns>What was held; null where nothing was.</returns>
    public PhrasePin? ReleasePin(string who, string why)
    {
        var released = _policy.ReleasePin();
        if (released is null) return null;
        _log.Released(who, why);
        Record(WirePins.RecordOf(released, who, why));
        return released;
    }

    /// <summary>True where the arm was stopped, for whatever reason, and a reset would let it move again.</summary>
    public bool IsStopped => LastCommand.State == LadderState.Stopped && !Volatile.Read(ref _isEnding);

    /// <summary>True from the request of an emergency stop until the first command of it has left.</summary>
    public bool IsBeingStopped => _loop.Signals.StopAskedFor == StopReason.EmergencyStop && !_ladder.IsEmergencyStopped;

    /// <summary>Lets a stopped arm move again, from where it was last seen: it may have been moved by hand meanwhile.</summary>
    /// <returns>What came of it, when the first command has left that the loop made with the reset in force.</returns>
    public Task<ResetEnd> ResetAsync() => RequestReset() is { } reset ? EndOfAsync(_ladder.WhenReset(reset)) : Task.FromResult(new ResetEnd(ResetOutcome.SessionOver));

    /// <summary>Asks the loop to take the reset over at its next tick.</summary>
    /// <returns>Number of the reset; null where the session is ending: then nothing is to move any more.</returns>
    public long? RequestReset()
    {
        lock (_ending)
        {
            if (_isEnding) return null;
            var last = LastCommand.Command;
            var isSeen = _ingress.Arm is { } arm && last.Joints.Count > 0 && MonotonicTime.Now(_clock) - arm.ReceivedAt < _limits.MaxObservationAge.TotalNanoseconds;
            var reset = _loop.Signals.RequestResetFromAnyThread(isSeen ? HandMoved(_ingress.Arm!.Position, last) : null);
            _ladder.ForgetEmergency(reset);
            return reset;
        }
    }

    /// <summary>Frees the policy. After <see cref="RunAsync"/>, or instead of it.</summary>
    public void Dispose()
    {
        _loop.Stop();
        _mailbox.CloseFromAnyThread();
        _policyThread.Join();
        _telemetry.Close();
        _policy.Dispose();
        _waiter.Dispose();
        _ring.Dispose();
        _ended.Dispose();
        _record?.Close(MonotonicTime.Now(_clock), Wire.SessionEnd.Unspecified);
        _closed.TrySetResult();
    }

    // Servo error is no hand: going on from the last command then is smoother.
    private static RobotCommand? HandMoved(in RobotCommand seen, in RobotCommand commanded)
    {
        const double ServoErrorRad = 0.02;
        for (var joint = 0; joint < seen.Joints.Count; joint++)
            if (Math.Abs(seen.Joints[joint] - commanded.Joints[joint]) > ServoErrorRad) return seen;
        return null;
    }

    private async Task<ResetEnd> EndOfAsync(Task<TickCommand> reset)
    {
        var first = await Task.WhenAny(reset, Closed, Task.Delay(ResetPatience, _clock));
        if (first == Closed) return new ResetEnd(ResetOutcome.SessionOver);
        if (first != reset) return new ResetEnd(ResetOutcome.NoCommandLeft);
        var command = await reset;
        return command.State == LadderState.Stopped ? new ResetEnd(ResetOutcome.StoppedAgain, command.Reason) : new ResetEnd(ResetOutcome.Released);
    }

    private async Task<Wire.SessionEnd> FirstEnd(Task<Wire.SessionEnd> reading)
    {
        var first = await Task.WhenAny(reading, _endRequest.Task, _loop.Completion, _policyThread.Completion, _egress.Completion);
        if (first is Task<Wire.SessionEnd> asked) return await asked;
        var thread = first == _loop.Completion ? "loop" : first == _policyThread.Completion ? "policy" : "egress";
        _log.Fault(thread, first.Exception?.InnerException ?? new InvalidOperationException("ended without being asked to"));
        return Wire.SessionEnd.InternalFault;
    }

    private async Task BrakeAsync(Wire.SessionEnd end)
    {
        if (!_egress.IsConnected || _loop.Completion.IsCompleted) return;
        var standing = _ladder.WhenStanding();
        lock (_ending)
        {
            // A reset that comes later finds nobody to move; one that came before is overtaken by this stop.
            _isEnding = true;
            _loop.Signals.RequestStopFromAnyThread(end == Wire.SessionEnd.StoppedByRobot ? StopReason.ControllerStop : StopReason.Shutdown);
        }
        await Task.WhenAny(standing, _egress.Completion, Task.Delay(_limits.BrakeTimeout, _clock));
    }

    private async Task StopThreadsAsync(Action abort)
    {
        _mailbox.CloseFromAnyThread();
        await Task.Run(_loop.Stop);
        _ring.CompleteFromAnyThread();
        Boards.Close();
        if (await Task.WhenAny(_egress.Completion, Task.Delay(_limits.BrakeTimeout, _clock)) != _egress.Completion) abort();
        await _egress.Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // What an egress that failed has left behind was not sent.
        while (_ring.TryTakeFromEgress(out var left)) _measures.Commands.RecordUnsent(left);
        await _policyThread.Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task WriteDownAsync(Wire.SessionEnd end)
    {
        _interventions.ReportAll();
        if (end == Wire.SessionEnd.InternalFault) _flight.Save(end.ToString());
        await _flight.Written;
        _record?.Close(MonotonicTime.Now(_clock), end);
    }

    private void Record(Wire.PinRecord pin) => _record?.Add(new PinEvent(MonotonicTime.Now(_clock), LastCommand.TickIndex, pin));

    private Wire.SessionSummary Summarise(Wire.SessionEnd end)
    {
        var statistics = _measures.Read(isOver: true);
        _log.Closed(end, statistics);
        return new Wire.SessionSummary { SessionId = Id, End = end, Statistics = statistics };
    }

    private void EndIfOverdue()
    {
        if (CredentialVerdict.IsOver(_plan.CredentialExpiresAt, _clock.GetUtcNow())) RequestEnd(Wire.SessionEnd.CredentialExpired);
        if (MonotonicTime.Now(_clock) - _ingress.HeardAt > (_plan.Lease + _limits.AbandonAfter).TotalNanoseconds) RequestEnd(Wire.SessionEnd.Abandoned);
    }
}
