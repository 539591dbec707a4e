using DiVLA.Control.Policy;
using DiVLA.Control.RealTime;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Service.Sessions;

/// <summary>What the policy thread does, measured on the way. Recording does not allocate.</summary>
internal sealed class InferenceStatistics(int warmUpInferences)
{
    private readonly LatencyHistogram _captureToReceive = new();
    private readonly LatencyHistogram _queue = new();
    private readonly LatencyHistogram _decode = new();
    private readonly LatencyHistogram _embodimentIn = new();
    private readonly LatencyHistogram _backbone = new();
    private readonly LatencyHistogram _reasoning = new();
    private readonly LatencyHistogram _film = new();
    private readonly LatencyHistogram _diffusion = new();
    private readonly LatencyHistogram _embodimentOut = new();
    private readonly LatencyHistogram _inference = new();
    private long _inferences;
    private long _faults;
    private long _planned;
    private long _allocatedBefore;
    private long _allocatedAfterWarmUp;
    private long _countedAfterWarmUp;

    /// <summary>Inferences that ran to their end.</summary>
    public long Inferences => Volatile.Read(ref _inferences);

    /// <summary>Inferences that ended without a trajectory, waiting for the first phrase aside.</summary>
    public long Faults => Volatile.Read(ref _faults);

    /// <summary>Bytes that the thread allocated per inference after warm-up.</summary>
    public double BytesAllocatedPerInference =>
        Volatile.Read(ref _countedAfterWarmUp) is var count and > 0 ? (double)Volatile.Read(ref _allocatedAfterWarmUp) / count : 0;

    /// <summary>Records one inference.</summary>
    public void RecordFromPolicyThread(PolicyOutcome outcome, PolicyTrajectory plan, ObservationSlot observation, MonotonicTime takenAt, MonotonicTime inferredAt)
    {
        CountAllocations();
        _captureToReceive.RecordFromWriter(observation.ReceivedAt - observation.CapturedAt);
        _queue.RecordFromWriter(takenAt - observation.ReceivedAt);
        if (outcome == PolicyOutcome.Ok)
        {
            Volatile.Write(ref _inferences, _inferences + 1);
            _inference.RecordFromWriter(inferredAt - takenAt);
            RecordStages(plan.StageTimes);
        }
        else if (outcome != PolicyOutcome.AwaitingPhrase)
        {
            Volatile.Write(ref _faults, _faults + 1);
        }
    }

    /// <summary>The stages in the order of the path.</summary>
    public IEnumerable<(string Stage, LatencyHistogram Latency)> Stages() =>
    [
        ("capture_to_receive", _captureToReceive),
        ("queue", _queue),
        ("decode", _decode),
        ("embodiment_in", _embodimentIn),
        ("backbone", _backbone),
        ("reasoning", _reasoning),
        ("film", _film),
        ("diffusion", _diffusion),
        ("embodiment_out", _embodimentOut),
        ("inference", _inference),
    ];

    private void RecordStages(in PolicyStageTimes stages)
    {
        _decode.RecordFromWriter(stages.DecodeNs);
        _embodimentIn.RecordFromWriter(stages.EmbodimentInNs);
        _backbone.RecordFromWriter(stages.BackboneNs);
        _reasoning.RecordFromWriter(stages.ReasoningNs);
        _film.RecordFromWriter(stages.FilmNs);
        _diffusion.RecordFromWriter(stages.DiffusionNs);
        _embodimentOut.RecordFromWriter(stages.EmbodimentOutNs);
    }

    // The difference covers everything since the last inference, waiting and publishing included.
    private void CountAllocations()
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        if (_planned++ >= warmUpInferences)
        {
            Volatile.Write(ref _allocatedAfterWarmUp, _allocatedAfterWarmUp + allocated - _allocatedBefore);
            Volatile.Write(ref _countedAfterWarmUp, _countedAfterWarmUp + 1);
        }
        _allocatedBefore = allocated;
    }
}
