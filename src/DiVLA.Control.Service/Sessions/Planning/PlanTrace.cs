using DiVLA.Control.Policy;
using DiVLA.Control.Policy.Reasoning;
using DiVLA.Control.RealTime;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Service.Sessions;

/// <summary>How one trajectory came about, instant by instant on the service clock.</summary>
/// <param name="ObservationId">Observation that it was planned from; 0 for none.</param>
/// <param name="CapturedAt">When the frames were exposed.</param>
/// <param name="ReceivedAt">When they arrived.</param>
/// <param name="TakenAt">When the policy took them.</param>
/// <param name="PublishedAt">When inference had ended. The trajectory is published right after its trace, so that nobody can ask for that in vain.</param>
/// <param name="Stages">How long each stage took.</param>
/// <param name="Phrase">The phrase that steered it; null where none did.</param>
internal readonly record struct PlanTrace(
    long ObservationId,
    MonotonicTime CapturedAt,
    MonotonicTime ReceivedAt,
    MonotonicTime TakenAt,
    MonotonicTime PublishedAt,
    PolicyStageTimes Stages,
    ReasoningPhrase? Phrase);

/// <summary>The traces of the last trajectories, from the policy thread to the egress. Preallocated; neither side ever waits for the other.</summary>
internal sealed class PlanTraces
{
    // A trajectory is followed for 400 ms at most: far fewer than this many successors.
    private const int Capacity = 256;
    private readonly Slot[] _slots = new Slot[Capacity];
    private long _added;

    /// <summary>Remembers a trace. Before the trajectory is published, so that nobody can ask for it in vain.</summary>
    public void AddFromPolicyThread(in PlanTrace trace)
    {
        ref var slot = ref _slots[_added % Capacity];
        slot.Guard.BeginWrite();
        slot.Trace = trace;
        slot.Guard.EndWrite();
        Volatile.Write(ref _added, _added + 1);
    }

    /// <summary>The trace of the trajectory that was planned from an observation.</summary>
    /// <returns>False where there is none, or none any more.</returns>
    public bool TryFindFromEgress(long observationId, out PlanTrace trace)
    {
        trace = default;
        var added = Volatile.Read(ref _added);
        for (var number = added - 1; number >= Math.Max(0, added - Capacity); number--)
            if (TryRead(ref _slots[number % Capacity], observationId, out trace)) return true;
        return false;
    }

    // A slot that is being replaced holds the oldest trace, which nobody follows any more.
    private static bool TryRead(ref Slot slot, long observationId, out PlanTrace trace)
    {
        var isWhole = slot.Guard.TryBeginRead(out var version);
        trace = slot.Trace;
        return isWhole && slot.Guard.EndRead(version) && trace.ObservationId == observationId;
    }

    private struct Slot
    {
        public SequenceGuard Guard;
        public PlanTrace Trace;
    }
}
