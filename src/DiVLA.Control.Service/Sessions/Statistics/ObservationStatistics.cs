namespace DiVLA.Control.Service.Sessions;

/// <summary>What the ingress took and refused. Written by the ingress, read by any thread.</summary>
internal sealed class ObservationStatistics
{
    private long _received;
    private long _refused;

    public long Received => Volatile.Read(ref _received);

    public long Refused => Volatile.Read(ref _refused);

    public void CountReceived() => Interlocked.Increment(ref _received);

    public void CountRefused() => Interlocked.Increment(ref _refused);
}
