namespace DiVLA.Control.Service.Sessions;

/// <summary>Hands the newest observation from the ingress to the policy thread. A newer one replaces one that nobody has taken; nothing queues.</summary>
/// <remarks>
/// Three slots: the ingress fills one, the policy reads one, the third changes hands. The lock is held for an exchange of references only,
/// so neither side ever waits for the other's copying or inference. Does not allocate after construction.
/// </remarks>
internal sealed class ObservationMailbox(IReadOnlyList<SessionCamera> cameras)
{
    private readonly object _gate = new();
    private ObservationSlot _filling = new(cameras);
    private ObservationSlot _newest = new(cameras);
    private ObservationSlot _taken = new(cameras);
    private bool _hasNewest;
    private bool _isClosed;
    private long _superseded;

    /// <summary>Observations that a newer one replaced before the policy took them.</summary>
    public long Superseded => Volatile.Read(ref _superseded);

    /// <summary>The slot to fill next.</summary>
    public ObservationSlot BeginFromIngress() => _filling;

    /// <summary>Makes the filled slot the newest observation.</summary>
    public void PostFromIngress()
    {
        lock (_gate)
        {
            (_filling, _newest) = (_newest, _filling);
            if (_hasNewest) _superseded++;
            _hasNewest = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Waits for an observation that is newer than the last one taken. Valid until the next call.</summary>
    /// <returns>False where the mailbox was closed.</returns>
    public bool TakeFromPolicyThread(out ObservationSlot newest)
    {
        lock (_gate)
        {
            while (!_hasNewest && !_isClosed) Monitor.Wait(_gate);
            (_newest, _taken) = (_taken, _newest);
            _hasNewest = false;
            newest = _taken;
            return !_isClosed;
        }
    }

    /// <summary>Ends the present and every later wait.</summary>
    public void CloseFromAnyThread()
    {
        lock (_gate)
        {
            _isClosed = true;
            Monitor.PulseAll(_gate);
        }
    }
}
