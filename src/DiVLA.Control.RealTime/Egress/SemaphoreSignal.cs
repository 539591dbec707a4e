namespace DiVLA.Control.RealTime;

/// <summary>Where there is no eventfd. Setting it may wait for the runtime's own lock for an instant.</summary>
internal sealed class SemaphoreSignal : IWakeSignal
{
    private readonly SemaphoreSlim _semaphore = new(0);

    public void Set() => _semaphore.Release();

    public void Wait(int timeoutMs) => _semaphore.Wait(timeoutMs);

    public void Dispose() => _semaphore.Dispose();
}
