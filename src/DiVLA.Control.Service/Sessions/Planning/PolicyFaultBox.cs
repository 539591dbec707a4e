using DiVLA.Control.Policy;

namespace DiVLA.Control.Service.Sessions;

/// <summary>Carries the newest fault from the policy thread, which must not allocate a log line, to the egress, which may.</summary>
internal sealed class PolicyFaultBox
{
    private readonly Lock _gate = new();
    private PolicyFault _fault;
    private ulong _observation;
    private bool _isFull;

    /// <summary>Puts a fault in; one that nobody has taken is replaced.</summary>
    public void PutFromPolicyThread(in PolicyFault fault, ulong observation)
    {
        lock (_gate) (_fault, _observation, _isFull) = (fault, observation, true);
    }

    /// <summary>Takes the fault out.</summary>
    /// <returns>False where there is none.</returns>
    public bool TryTake(out PolicyFault fault, out ulong observation)
    {
        lock (_gate)
        {
            (fault, observation) = (_fault, _observation);
            var wasFull = _isFull;
            _isFull = false;
            return wasFull;
        }
    }
}
