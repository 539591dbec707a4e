using DiVLA.Control.Robot;

namespace DiVLA.Control.RealTime;

/// <summary>Does not wait at all: every tick is served on its instant, for loops that nobody is driven by.</summary>
internal sealed class PunctualTickWaiter : ITickWaiter
{
    /// <inheritdoc/>
    public MonotonicTime WaitUntil(MonotonicTime deadline) => deadline;

    /// <inheritdoc/>
    public void WakeFromAnyThread()
    {
        // Never waits.
    }
}
