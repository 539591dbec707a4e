using DiVLA.Control.Client;
using DiVLA.Control.Protocol.V1;
using DiVLA.Control.Robot;

namespace DiVLA.Control.EndToEnd.Tests.Operators;

/// <summary>What a robot has been told, and when it had it.</summary>
internal sealed class RobotJournal : RobotControlWatcher
{
    private readonly Lock _gate = new();
    private readonly List<(MonotonicTime At, ulong Tick)> _ticks = [];
    private readonly List<(MonotonicTime At, ulong Phrase)> _phrases = [];

    /// <summary>Ticks whose command the robot had by then.</summary>
    public ulong[] TicksBy(MonotonicTime time)
    {
        lock (_gate) return [.. _ticks.Where(entry => entry.At <= time).Select(entry => entry.Tick)];
    }

    /// <summary>Phrases whose words the robot had by then.</summary>
    public ulong[] PhrasesBy(MonotonicTime time)
    {
        lock (_gate) return [.. _phrases.Where(entry => entry.At <= time).Select(entry => entry.Phrase)];
    }

    /// <inheritdoc/>
    public override void OnAction(in RobotAction action)
    {
        lock (_gate) _ticks.Add((action.ReceivedAt, action.Tick));
    }

    /// <inheritdoc/>
    public override void OnPhrase(Phrase phrase)
    {
        lock (_gate) _phrases.Add((MonotonicTime.Now(TimeProvider.System), phrase.PhraseId));
    }
}
