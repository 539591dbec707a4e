using System.Numerics;

namespace DiVLA.Control.RealTime;

/// <summary>Carries commands from the loop to one consumer thread. A consumer that lags loses the oldest ones, never the newest, and never delays the loop.</summary>
/// <remarks>
/// Preallocated; the producer is wait-free and touches the kernel only to wake a consumer that sleeps. The consumer is a thread of its own:
/// handing over to the thread pool would allocate and take locks on the loop thread. One producer thread and one consumer thread.
/// </remarks>
public sealed class CommandRing : ICommandEgress, IDisposable
{
    private readonly TickCommand[] _slots;
    private readonly int _mask;
    private readonly IWakeSignal _signal;
    private long _head;
    private long _tail;
    private long _dropped;
    private int _isConsumerAsleep;
    private volatile bool _isCompleted;

    /// <summary>Preallocates the ring.</summary>
    /// <param name="capacity">Commands that a lagging consumer may be behind; rounded up to a power of two. Range: [2, 65536].</param>
    public CommandRing(int capacity = 64)
        : this(capacity, OperatingSystem.IsLinux() ? new EventFdSignal() : new SemaphoreSignal())
    {
    }

    internal CommandRing(int capacity, IWakeSignal signal)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, 1 << 16);
        _slots = new TickCommand[BitOperations.RoundUpToPowerOf2((uint)capacity)];
        _mask = _slots.Length - 1;
        _signal = signal;
    }

    /// <summary>Commands that a lagging consumer may be behind.</summary>
    public int Capacity => _slots.Length;

    /// <summary>Commands lost because the consumer lagged: posted, but not sent.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <inheritdoc/>
    public void PostFromLoop(in TickCommand command)
    {
        var tail = _tail;
        var head = Volatile.Read(ref _head);
        // Full: take the oldest away from the consumer, unless the consumer takes it first.
        if (tail - head == _slots.Length && Interlocked.CompareExchange(ref _head, head + 1, head) == head)
            Volatile.Write(ref _dropped, _dropped + 1);
        _slots[tail & _mask] = command;
        Volatile.Write(ref _tail, tail + 1);
        // Orders the tail before the look at the consumer; the consumer does the opposite. One of the two sees the other.
        if (Interlocked.CompareExchange(ref _isConsumerAsleep, 0, 1) == 1) _signal.Set();
    }

    /// <summary>Takes the oldest command that is left.</summary>
    /// <returns>False where there is none.</returns>
    public bool TryTakeFromEgress(out TickCommand command)
    {
        while (true)
        {
            var head = Volatile.Read(ref _head);
            if (head == Volatile.Read(ref _tail))
            {
                command = default;
                return false;
            }
            command = _slots[head & _mask];
            // Where the producer has dropped it meanwhile, the copy may be torn and is thrown away.
            if (Interlocked.CompareExchange(ref _head, head + 1, head) == head) return true;
        }
    }

    /// <summary>Waits until there is a command, the ring is completed, or the time is over.</summary>
    /// <returns>False where the ring is completed and empty: nothing will come any more.</returns>
    public bool WaitFromEgress(TimeSpan timeout)
    {
        Volatile.Write(ref _isConsumerAsleep, 1);
        Interlocked.MemoryBarrier();
        if (IsEmpty && !_isCompleted) _signal.Wait((int)timeout.TotalMilliseconds);
        Volatile.Write(ref _isConsumerAsleep, 0);
        return !(_isCompleted && IsEmpty);
    }

    /// <summary>Says that nothing will be posted any more, and wakes the consumer.</summary>
    public void CompleteFromAnyThread()
    {
        _isCompleted = true;
        _signal.Set();
    }

    /// <summary>Frees the signal. To be called when both threads are done with the ring.</summary>
    public void Dispose() => _signal.Dispose();

    private bool IsEmpty => Volatile.Read(ref _head) == Volatile.Read(ref _tail);
}
