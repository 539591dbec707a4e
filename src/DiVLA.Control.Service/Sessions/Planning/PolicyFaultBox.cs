using DiVLA.Control.Policy;
using DiVLA.Control.RealTime;

namespace DiVLA.Control.Service.Sessions;

/// <summary>Carries the newest fault from the policy thread, which must not allocate a log line, to the egress, which may. Neither waits for the other.</summary>
internal sealed class PolicyFaultBox
{
    private SequenceGuard _guard;
    private PolicyFault _fault;
    private ulong _observation;
    private long _put;
    private long _taken;

    /// <summary>Puts a fault in; one that nobody has taken is replaced.</summary>
    public void PutFromPolicyThread(in PolicyFault fault, ulong observation)
    {
        _guard.BeginWrite();
        (_fault, _observation, _put) = (fault, observation, _put + 1);
        _guard.EndWrite();
    }

    /// <summary>Takes the fault out. Called by one thread.</summary>
    /// <returns>False where there is none, or where a newer one is just being put in: that is there at the next call.</returns>
    public bool TryTake(out PolicyFault fault, out ulong observation)
    {
        var isWhole = _guard.TryBeginRead(out var version);
        (fault, observation, var put) = (_fault, _observation, _put);
        if (!isWhole || !_guard.EndRead(version) || put == _taken) return false;
        _taken = put;
        return true;
    }
}
