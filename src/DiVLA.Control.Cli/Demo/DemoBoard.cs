using DiVLA.Control.Client;
using DiVLA.Control.Protocol.V1;
using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.Robot;
using DiVLA.Control.Simulator.Tasks;

namespace DiVLA.Control.Cli.Demo;

/// <summary>What is known of a run while it goes on. Written by the arm's task, read by the view; nobody waits for long.</summary>
internal sealed class DemoBoard(TimeProvider clock) : SimulatedRobotWatcher
{
    private readonly Lock _gate = new();
    private readonly MonotonicTime _startedAt = MonotonicTime.Now(clock);
    private readonly List<EpisodeResult> _results = [];
    private DemoState _state = new("", "", null, PhraseFreshness.Unspecified, 0, 0, null, 0, 0, 0, [], null);

    /// <summary>Everything at one instant.</summary>
    public DemoState Read()
    {
        lock (_gate) return _state;
    }

    /// <summary>Episodes that have ended, in order, from the given one on.</summary>
    public IReadOnlyList<EpisodeResult> Results(int from = 0)
    {
        lock (_gate) return _results[from..];
    }

    /// <summary>Takes note of what the service measured.</summary>
    public void Post(SessionStatistics statistics)
    {
        lock (_gate) _state = _state with { Statistics = statistics };
    }

    /// <inheritdoc/>
    public override void OnAccepted(SessionAccepted session)
    {
        lock (_gate) _state = _state with { Sessions = _state.Sessions + 1, RealTimeDenied = session.RealtimeDenied };
    }

    /// <inheritdoc/>
    public override void OnEpisodeStarted(Episode episode)
    {
        lock (_gate) _state = _state with { Instruction = episode.Instruction };
    }

    /// <inheritdoc/>
    public override void OnPhrase(Phrase phrase)
    {
        lock (_gate) _state = _state with { Phrase = phrase.Text, Pin = phrase.Pin };
    }

    /// <inheritdoc/>
    public override void OnObserved(in RobotAction action, ReadOnlySpan<byte> front, ReadOnlySpan<byte> wrist)
    {
        lock (_gate)
        {
            _state = _state with { Freshness = action.PhraseFreshness, Actions = _state.Actions + 1 };
            if (action.Reason == LadderReason.NoTrajectory) _state = _state with { WarmUpTicks = _state.WarmUpTicks + 1 };
            if (_state.FirstActionSeconds is null && action.State is LadderState.Fresh or LadderState.Reused)
                _state = _state with { FirstActionSeconds = (action.ReceivedAt - _startedAt) / 1e9 };
        }
    }

    /// <inheritdoc/>
    public override void OnEpisodeEnded(EpisodeResult result)
    {
        lock (_gate)
        {
            _results.Add(result);
            var success = result.Outcome == EpisodeOutcome.Success ? 1 : 0;
            _state = _state with { Episodes = _state.Episodes + 1, Successes = _state.Successes + success };
        }
    }
}

/// <summary>A run at one instant.</summary>
/// <param name="Instruction">What the arm was told.</param>
/// <param name="Phrase">What the policy says.</param>
/// <param name="Pin">What an operator holds of it; null where nothing.</param>
/// <param name="Freshness">Whether it says so of the newest picture.</param>
/// <param name="Actions">Commands that the arm followed.</param>
/// <param name="WarmUpTicks">Those of them before the session's first trajectory.</param>
/// <param name="FirstActionSeconds">From the start of the command until the first one that a trajectory steered. Unit: s.</param>
/// <param name="Episodes">Episodes that have ended.</param>
/// <param name="Successes">Those of them that ended well.</param>
/// <param name="Sessions">Sessions opened; more than 1 after a loss.</param>
/// <param name="RealTimeDenied">Measures for punctuality that the operating system refused, in words.</param>
/// <param name="Statistics">What the service measured, as of its last answer.</param>
internal sealed record DemoState(
    string Instruction,
    string Phrase,
    PhrasePin? Pin,
    PhraseFreshness Freshness,
    long Actions,
    long WarmUpTicks,
    double? FirstActionSeconds,
    int Episodes,
    int Successes,
    int Sessions,
    IReadOnlyList<string> RealTimeDenied,
    SessionStatistics? Statistics);
