using DiVLA.Control.Client;
using DiVLA.Control.Protocol.V1;
using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.Cameras;
using DiVLA.Control.Simulator.Expert;
using DiVLA.Control.Simulator.Tasks;
using DiVLA.Control.Simulator.World;
using Camera = DiVLA.Control.Simulator.Cameras.Camera;
using RobotState = DiVLA.Control.Robot.RobotState;

namespace DiVLA.Control.Simulator.Robot;

/// <summary>The simulated arm as a client of the service: follows every command, takes pictures, sends them, and works through episodes in one session.</summary>
/// <remarks>
/// Time in the simulation is the command timeline: a command moves the world on by the ticks since the one before, a command of the
/// client's own by one. Between episodes the tray is exchanged and the arm stays where it is. Pictures and state go into reused buffers.
/// </remarks>
public sealed class SimulatedRobot : RobotControlHandler, IAsyncDisposable
{
    // No service skips this many ticks in a row and is still worth following tick by tick.
    private const ulong MostTicksAtOnce = 82;

    private readonly SimulatedRobotOptions _options;
    private readonly SimulatedRobotWatcher _watcher;
    private readonly RobotControlClient _client;
    private readonly IEnumerator<Episode> _episodes;
    private readonly SimulatedWorld _world;
    private readonly SceneRenderer _renderer = new();
    private readonly RigidTransform[] _links;
    private readonly byte[] _front = new byte[Camera.FrameBytes];
    private readonly byte[] _wrist = new byte[Camera.FrameBytes];
    private readonly PhraseAgreement _agreement = new();
    private readonly double _period;
    private Task<Episode?> _upcoming;
    private EpisodeAttempt? _attempt;
    private string _expectedPhrase = "";
    private ulong? _worldTick;

    /// <summary>Places the arm where the first episode starts. Does not connect yet.</summary>
    /// <exception cref="ArgumentException">There is no episode, or the options are wrong.</exception>
    /// <exception cref="InvalidOperationException">The arm cannot reach the first episode's start.</exception>
    public SimulatedRobot(SimulatedRobotOptions options, IEnumerable<Episode> episodes, SimulatedRobotWatcher watcher)
    {
        _options = options;
        _watcher = watcher;
        _episodes = episodes.GetEnumerator();
        var first = NextEpisode() ?? throw new ArgumentException("There is no episode to try.", nameof(episodes));
        var arm = options.Arm;
        _world = new SimulatedWorld(arm, first.Scene, first.StartJoints(arm));
        _links = new RigidTransform[arm.JointCount + 1];
        _period = 1 / arm.ControlRateHz;
        _client = new RobotControlClient(ClientOptions(first), this);
        _attempt = new EpisodeAttempt(first, arm.ControlRateHz);
        _upcoming = Task.Run(NextEpisode);
        _watcher.OnEpisodeStarted(first);
    }

    /// <summary>Drives the arm until the episodes or the ticks are used up, or until <see cref="Stop"/>.</summary>
    /// <inheritdoc cref="RobotControlClient.RunAsync"/>
    public Task<SessionSummary?> RunAsync(CancellationToken cancellation) => _client.RunAsync(cancellation);

    /// <summary>Ends the session in good order. Any thread.</summary>
    public void Stop(string reason) => _client.Stop(reason);

    /// <inheritdoc/>
    public override RobotState ReadState() => _world.State;

    /// <inheritdoc/>
    public override void OnAccepted(SessionAccepted session)
    {
        _worldTick = null;
        _agreement.Forget();
        _watcher.OnAccepted(session);
        Observe();
    }

    /// <inheritdoc/>
    public override void OnAction(in RobotAction action)
    {
        var elapsed = TicksSince(action.Tick);
        _worldTick = Math.Max(_worldTick ?? 0, action.Tick);
        if (action.PhraseId != 0 && _attempt is not null) _agreement.Count(action.PhraseId, _expectedPhrase);
        Follow(action, elapsed);
        if (_options.TickLimit is { } limit && action.Tick >= limit) _client.Stop("time is up");
    }

    /// <inheritdoc/>
    public override void OnHold(in RobotAction hold)
    {
        _worldTick++;
        Follow(hold, 1);
    }

    /// <inheritdoc/>
    public override void OnPhrase(Phrase phrase)
    {
        _agreement.Learn(phrase.PhraseId, phrase.Text);
        _watcher.OnPhrase(phrase);
    }

    /// <inheritdoc/>
    public override void OnInstructionRefused(InstructionRefused refused)
    {
        if (_attempt is not { } attempt || attempt.Episode.Instruction != refused.Instruction) return;
        attempt.Refuse();
        Finish(attempt);
    }

    /// <inheritdoc/>
    public override void OnLost(SessionLoss loss) => _watcher.OnLost(loss);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _upcoming;
        _episodes.Dispose();
    }

    private RobotControlOptions ClientOptions(Episode first) => new()
    {
        Address = _options.Address,
        Credentials = _options.Credentials,
        RobotId = _options.RobotId,
        Contract = SimulatedCameras.ContractOf(_options.Arm),
        Encodings = SimulatedCameras.Encodings,
        Instruction = first.Instruction,
        NoiseSeed = _options.NoiseSeed,
        Lease = _options.Lease,
        SilenceLimit = _options.SilenceLimit,
        GiveUpAfter = TimeSpan.FromSeconds(30),
        Watcher = _options.ControlWatcher,
        Clock = _options.Clock,
    };

    // Commands that hold-commands of the client's own have already covered move nothing.
    private ulong TicksSince(ulong tick)
    {
        if (_worldTick is not { } reached) return 1;
        return tick > reached ? Math.Min(tick - reached, MostTicksAtOnce) : 0;
    }

    private void Follow(in RobotAction action, ulong ticks)
    {
        for (var tick = 0UL; tick < ticks; tick++) _world.Step(action.Command, _period);
        if (_attempt is { } attempt && attempt.Judge(_world.Scene, ticks) != EpisodeOutcome.Unfinished) Finish(attempt);
        Observe();
        _watcher.OnObserved(action, _front, _wrist);
    }

    private void Observe()
    {
        _world.LinkPoses(_links);
        _renderer.Render(Camera.Front, _world.Scene, _links, _world.GripperWidth, _front);
        _renderer.Render(Camera.Wrist(_world.ToolPose), _world.Scene, _links, _world.GripperWidth, _wrist);
        if (_attempt is { } attempt) _expectedPhrase = ExpertPhrase(_watcher.GoalOf(attempt.Episode));
        _client.Observe(MonotonicTime.Now(_options.Clock), _world.State, _front, _wrist);
    }

    private string ExpertPhrase(Goal goal)
    {
        var advice = ScriptedExpert.Advise(_world.Scene, goal, _world.ToolPose, _world.GripperWidth);
        return ReasoningPhrase.Say(_world.Scene, goal, advice.Phase);
    }

    private void Finish(EpisodeAttempt attempt)
    {
        _attempt = null;
        _watcher.OnEpisodeEnded(new EpisodeResult(attempt.Episode, attempt.Outcome, attempt.Ticks, attempt.Ticks * _period, _agreement.Take()));
        // Drawn while the episode before was played, so nothing waits here.
        if (_upcoming.GetAwaiter().GetResult() is { } next) Begin(next);
        else _client.Stop("all episodes are done");
    }

    private void Begin(Episode next)
    {
        _upcoming = Task.Run(NextEpisode);
        _world.ExchangeTray(next.Scene);
        _attempt = new EpisodeAttempt(next, _options.Arm.ControlRateHz);
        _client.ChangeInstruction(next.Instruction);
        _watcher.OnEpisodeStarted(next);
    }

    private Episode? NextEpisode() => _episodes.MoveNext() ? _episodes.Current : null;
}
