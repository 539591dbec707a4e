using DiVLA.Control.Policy;
using DiVLA.Control.Policy.Ablation;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Simulator.Tasks;

namespace DiVLA.Control.Cli.Eval.Ablations;

/// <summary>Makes ablations, with the other episodes that some of them need.</summary>
internal static class AblationSource
{
    private const int Donors = 8;

    // Far from the seeds that people evaluate with.
    private const ulong FirstDonorSeed = 1UL << 40;

    /// <summary>The ablation of a kind, for the policy of a bundle. Some are slow: they play episodes.</summary>
    public static PolicyAblation Create(AblationKind kind, EvalSettings settings, PolicyOptions options) => kind switch
    {
        AblationKind.Reasoning => new NoReasoning(),
        AblationKind.ShuffledReasoning => new ShuffledReasoning(RecordDonors(settings, options)),
        AblationKind.NoImages => new BlankCameras(["front", "wrist"]),
        AblationKind.NoFrontCamera => new BlankCameras(["front"]),
        AblationKind.NoWristCamera => new BlankCameras(["wrist"]),
        AblationKind.ShuffledInstruction => new ShuffledInstruction([.. DrawDonors(settings.Tasks).Select(episode => episode.Instruction)]),
        AblationKind.NoPrompt => new NoPrompt(),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    private static IEnumerable<Episode> DrawDonors(TaskScope tasks) =>
        Enumerable.Range(0, Donors).Select(i => EpisodeSampler.Sample(SeedSplit.Evaluation, FirstDonorSeed + (ulong)i, TaskFamily.Direct, tasks));

    private static ReasoningTrace[] RecordDonors(EvalSettings settings, PolicyOptions options)
    {
        using var bundle = PolicyBundle.Load(settings.Bundle, options with { RehearsalInferences = 0 });
        using var recorder = new DonorRecorder(bundle, settings.Embodiments[0]);
        return [.. DrawDonors(settings.Tasks).Select(recorder.Record)];
    }
}
