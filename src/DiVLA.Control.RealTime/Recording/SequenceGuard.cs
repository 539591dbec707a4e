namespace DiVLA.Control.RealTime;

/// <summary>A sequence lock: one writer that never waits, readers that notice when they were overtaken and read again.</summary>
/// <remarks>A mutable value: keep it in a field that is not readonly.</remarks>
public struct SequenceGuard
{
    private long _version;

    /// <summary>Called by the writer before it changes anything.</summary>
    public void BeginWrite()
    {
        _version++;
        Volatile.WriteBarrier();
    }

    /// <summary>Called by the writer when everything is in place.</summary>
    public void EndWrite() => Volatile.Write(ref _version, _version + 1);

    /// <summary>False while a write is under way.</summary>
    public bool TryBeginRead(out long version)
    {
        version = Volatile.Read(ref _version);
        return (version & 1) == 0;
    }

    /// <summary>False where what was read since may be torn.</summary>
    public bool EndRead(long version)
    {
        Volatile.ReadBarrier();
        return Volatile.Read(ref _version) == version;
    }
}
