using DiVLA.Control.Robot;

namespace DiVLA.Control.Service.Sessions;

/// <summary>Lets those who watch a session see what its cameras saw last. Costs nothing while nobody asks: then no message is kept.</summary>
internal sealed class FrameTap(TimeProvider clock)
{
    private const long InterestNs = 2_000_000_000;
    private long _wantedUntilNs = long.MinValue;
    private Wire.Observation? _newest;

    /// <summary>Offers an accepted observation. Never waits and copies nothing: a message is not changed after it was read.</summary>
    public void OfferFromIngress(Wire.Observation message, MonotonicTime now)
    {
        if (now.Nanoseconds < Volatile.Read(ref _wantedUntilNs)) Volatile.Write(ref _newest, message);
        else if (_newest is not null) Volatile.Write(ref _newest, null);
    }

    /// <summary>The newest observation, and word that more are wanted. Null where none has come since somebody began to ask.</summary>
    public Wire.Observation? Look()
    {
        Volatile.Write(ref _wantedUntilNs, MonotonicTime.Now(clock).Nanoseconds + InterestNs);
        return Volatile.Read(ref _newest);
    }
}
