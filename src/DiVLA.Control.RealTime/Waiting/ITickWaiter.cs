using DiVLA.Control.Robot;

namespace DiVLA.Control.RealTime;

/// <summary>A way for the loop thread to wait for an instant.</summary>
public interface ITickWaiter
{
    /// <summary>Waits until <paramref name="deadline"/>, or shorter after <see cref="WakeFromAnyThread"/>. Called by the loop thread only; does not allocate.</summary>
    /// <returns>The time on return. Not before the deadline, unless woken.</returns>
    MonotonicTime WaitUntil(MonotonicTime deadline);

    /// <summary>Ends the present and every later wait soon, because the loop is stopping. A waiter whose waits last a tick at most may do nothing.</summary>
    void WakeFromAnyThread();
}
