using DiVLA.Control.Policy;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Service.Sessions;

/// <summary>How one trajectory came about, instant by instant on the service clock.</summary>
/// <param name="ObservationId">Observation that it was planned from; 0 for none.</param>
/// <param name="CapturedAt">When the frames were exposed.</param>
/// <param name="ReceivedAt">When they arrived.</param>
/// <param name="TakenAt">When the policy took them.</param>
/// <param name="PublishedAt">When inference had ended. The trajectory is published right after its trace, so that nobody can ask for that in vain.</param>
/// <param name="Stages">How long each stage took.</param>
internal readonly record struct PlanTrace(
    long ObservationId,
    MonotonicTime CapturedAt,
    MonotonicTime ReceivedAt,
    MonotonicTime TakenAt,
    MonotonicTime PublishedAt,
    PolicyStageTimes Stages);

/// <summary>The traces of the last trajectories, from the policy thread to the egress. Preallocated.</summary>
internal sealed class PlanTraces
{
    // A trajectory is followed for 400 ms at most: far fewer than this many successors.
    private const int Capacity = 256;
    private readonly Lock _gate = new();
    private readonly PlanTrace[] _traces = new PlanTrace[Capacity];
    private int _next;

    /// <summary>Remembers a trace. Before the trajectory is published, so that nobody can ask for it in vain.</summary>
    public void AddFromPolicyThread(in PlanTrace trace)
    {
        lock (_gate)
        {
            _traces[_next] = trace;
            _next = (_next + 1) % Capacity;
        }
    }

    /// <summary>The trace of the trajectory that was planned from an observation.</summary>
    /// <returns>False where there is none, or none any more.</returns>
    public bool TryFindFromEgress(long observationId, out PlanTrace trace)
    {
        lock (_gate)
        {
            for (var back = 1; back <= Capacity; back++)
            {
                trace = _traces[(_next - back + Capacity) % Capacity];
                if (trace.ObservationId == observationId) return observationId != 0;
            }
        }
        trace = default;
        return false;
    }
}
