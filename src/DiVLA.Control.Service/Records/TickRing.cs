using System.Numerics;
using DiVLA.Control.Policy.Reasoning;
using DiVLA.Control.RealTime;

namespace DiVLA.Control.Service.Records;

/// <summary>A command that was sent, and the words that go with it.</summary>
internal struct RecordedTick
{
    public TickCommand Command;

    /// <summary>The phrase that steered it; null where no trajectory was followed.</summary>
    public ReasoningPhrase? Steering;

    /// <summary>What the policy said then; null before its first phrase.</summary>
    public ReasoningPhrase? Said;
}

/// <summary>Ticks on their way from one egress to the record's writer. Preallocated; where the writer lags, new ticks are lost and counted.</summary>
/// <remarks>
/// The egress writes without waiting or allocating, whatever becomes of the disk. The writer reads a run of ticks, writes it, and only then gives the
/// slots back: what it could not write is still there for the next attempt. One thread on each side.
/// </remarks>
internal sealed class TickRing
{
    private readonly RecordedTick[] _slots;
    private readonly int _mask;
    private long _head;
    private long _tail;
    private long _lost;

    /// <param name="capacity">Ticks that the writer may be behind; rounded up to a power of two.</param>
    public TickRing(int capacity)
    {
        _slots = new RecordedTick[BitOperations.RoundUpToPowerOf2((uint)capacity)];
        _mask = _slots.Length - 1;
    }

    public int Capacity => _slots.Length;

    /// <summary>Ticks that found no room.</summary>
    public long Lost => Volatile.Read(ref _lost);

    /// <summary>Ticks that wait to be written.</summary>
    public int Count => (int)(Volatile.Read(ref _tail) - Volatile.Read(ref _head));

    /// <summary>Adds a tick, unless there is no room. Never waits.</summary>
    public void AddFromEgress(in TickCommand command, ReasoningPhrase? steering, ReasoningPhrase? said)
    {
        var tail = _tail;
        if (tail - Volatile.Read(ref _head) == _slots.Length)
        {
            Volatile.Write(ref _lost, _lost + 1);
            return;
        }
        ref var slot = ref _slots[tail & _mask];
        (slot.Command, slot.Steering, slot.Said) = (command, steering, said);
        Volatile.Write(ref _tail, tail + 1);
    }

    /// <summary>A tick that waits; 0 is the oldest.</summary>
    public ref readonly RecordedTick PeekFromWriter(int index) => ref _slots[(_head + index) & _mask];

    /// <summary>Gives the oldest slots back.</summary>
    public void ReleaseFromWriter(int count)
    {
        for (var index = 0; index < count; index++)
        {
            // A phrase that nobody reads any more need not be kept alive by a slot.
            ref var slot = ref _slots[(_head + index) & _mask];
            (slot.Steering, slot.Said) = (null, null);
        }
        Volatile.Write(ref _head, _head + count);
    }
}
