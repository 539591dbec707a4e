using System.Collections.Concurrent;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Service.Records;

/// <summary>What is told of a session once.</summary>
/// <param name="Id">Session id.</param>
/// <param name="Robot">Robot id.</param>
/// <param name="Embodiment">Its name.</param>
/// <param name="Bundle">Revision of the weights.</param>
/// <param name="JointNames">Base first.</param>
internal sealed record SessionFacts(string Id, string Robot, string Embodiment, string Bundle, IReadOnlyList<string> JointNames);

/// <summary>What somebody did about a pin.</summary>
/// <param name="At">Service clock.</param>
/// <param name="Tick">The newest tick then.</param>
/// <param name="Record">What was done, and by whom.</param>
internal sealed record PinEvent(MonotonicTime At, long Tick, Wire.PinRecord Record);

/// <summary>One session on its way into the database. Whoever has something to record leaves it here and never waits.</summary>
/// <param name="facts">What is told once.</param>
/// <param name="openedAt">Service clock.</param>
/// <param name="queuedTicks">Ticks that the writer may be behind.</param>
internal sealed class SessionRecord(SessionFacts facts, MonotonicTime openedAt, int queuedTicks)
{
    /// <summary>Pin events that the writer may be behind.</summary>
    public const int QueuedPins = 256;

    private long _pinsLost;
    private Closing? _closing;

    public SessionFacts Facts => facts;

    public MonotonicTime OpenedAt => openedAt;

    public TickRing Ticks { get; } = new(queuedTicks);

    public ConcurrentQueue<PinEvent> Pins { get; } = [];

    /// <summary>What found no room.</summary>
    public long Lost => Ticks.Lost + Volatile.Read(ref _pinsLost);

    /// <summary>What waits to be written.</summary>
    public int Waiting => Ticks.Count + Pins.Count;

    /// <summary>How the session ended; null while it is open. Nothing follows it.</summary>
    public Closing? Closed => Volatile.Read(ref _closing);

    /// <summary>Any thread.</summary>
    public void Add(PinEvent pin)
    {
        if (Pins.Count < QueuedPins) Pins.Enqueue(pin);
        else Interlocked.Increment(ref _pinsLost);
    }

    /// <summary>Says that nothing follows. Only the first time counts.</summary>
    public void Close(MonotonicTime at, Wire.SessionEnd end) => Interlocked.CompareExchange(ref _closing, new Closing(at, end), null);

    /// <summary>The end of a session.</summary>
    internal sealed record Closing(MonotonicTime At, Wire.SessionEnd End);
}
