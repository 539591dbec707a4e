namespace DiVLA.Control.RealTime;

/// <summary>Wakes the one consumer of a ring.</summary>
internal interface IWakeSignal : IDisposable
{
    /// <summary>Ends the present wait, or else the next one. Never blocks or allocates.</summary>
    void Set();

    /// <summary>Waits for a <see cref="Set"/>.</summary>
    /// <param name="timeoutMs">Unit: ms. -1: for ever.</param>
    void Wait(int timeoutMs);
}
