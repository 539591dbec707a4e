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

    /// <summary>The ablation of a kind. Some are slow: they play episodes.</summary>
    public static PolicyAblation Create(AblationKind kind, string bundle, PolicyOptions options) => kind switch
    {
        AblationKind.Reasoning => new NoReasoning(),
        AblationKind.ShuffledReasoning => new ShuffledReasoning(RecordDonors(bundle, options)),
        AblationKind.NoImages => new BlankCameras(["front", "wrist"]),
        AblationKind.NoFrontCamera => new BlankCameras(["front"]),
        AblationKind.NoWristCamera => new BlankCameras(["wrist"]),
        AblationKind.ShuffledInstruction => new ShuffledInstruction([.. DrawDonors().Select(episode => episode.Instruction)]),
        AblationKind.NoPrompt => new NoPrompt(),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    private static IEnumerable<Episode> DrawDonors() =>
        Enumerable.Range(0, Donors).Select(i => EpisodeSampler.Sample(SeedSplit.Evaluation, FirstDonorSeed + (ulong)i, TaskFamily.Direct));

    private static ReasoningTrace[] RecordDonors(string directory, PolicyOptions options)
    {
        using var bundle = PolicyBundle.Load(directory, options with { RehearsalInferences = 0 });
        using var recorder = new DonorRecorder(bundle);
        return [.. DrawDonors().Select(recorder.Record)];
    }
}
