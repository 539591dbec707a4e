using DiVLA.Control.Client;
using DiVLA.Control.Protocol.V1;
using DiVLA.Control.Robot;

namespace DiVLA.Control.EndToEnd.Tests.Operators;

/// <summary>What a robot has been told, and when it had it.</summary>
internal sealed class RobotJournal : RobotControlWatcher
{
    private readonly Lock _gate = new();
    private readonly List<(MonotonicTime At, string Tick)> _ticks = [];
    private readonly List<(MonotonicTime At, string Phrase)> _phrases = [];
    private string _session = "";

    /// <summary>Ticks whose command the robot had by then, as SESSION/TICK.</summary>
    public string[] TicksBy(MonotonicTime time)
    {
        lock (_gate) return [.. _ticks.Where(entry => entry.At <= time).Select(entry => entry.Tick)];
    }

    /// <summary>Phrases whose words the robot had by then, as SESSION/PHRASE.</summary>
    public string[] PhrasesBy(MonotonicTime time)
    {
        lock (_gate) return [.. _phrases.Where(entry => entry.At <= time).Select(entry => entry.Phrase)];
    }

    // On a busy machine a robot may lose its session and open another one.
    /// <inheritdoc/>
    public override void OnAccepted(SessionAccepted session)
    {
        lock (_gate) _session = session.SessionId;
    }

    /// <inheritdoc/>
    public override void OnAction(in RobotAction action)
    {
        lock (_gate) _ticks.Add((action.ReceivedAt, $"{_session}/{action.Tick}"));
    }

    /// <inheritdoc/>
    public override void OnPhrase(Phrase phrase)
    {
        lock (_gate) _phrases.Add((MonotonicTime.Now(TimeProvider.System), $"{_session}/{phrase.PhraseId}"));
    }
}
