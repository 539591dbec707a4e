using DiVLA.Control.Policy.Onnx;
using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.Tasks;

namespace DiVLA.Control.Cli.Demo;

/// <summary>What a demo was asked to be.</summary>
/// <param name="Bundle">Folder of the bundle.</param>
/// <param name="Episodes">Episodes to play; null for as many as fit.</param>
/// <param name="Seconds">Length of the run on the command timeline; null for as long as the episodes take. Unit: s.</param>
/// <param name="Arm">Which arm is simulated.</param>
/// <param name="Seed">Seed of the first scene, and of the diffusion noise.</param>
/// <param name="Families">Kinds of instruction, in turn.</param>
/// <param name="Tasks">What the policy was trained for.</param>
/// <param name="FramesDirectory">Where pictures go; null for nowhere.</param>
/// <param name="LogFile">Where the service's log goes as well; null for nowhere.</param>
/// <param name="Onnx">Where graphs run.</param>
internal sealed record DemoSettings(
    string Bundle,
    int? Episodes,
    double? Seconds,
    EmbodimentProfile Arm,
    ulong Seed,
    IReadOnlyList<TaskFamily> Families,
    TaskScope Tasks,
    string? FramesDirectory,
    string? LogFile,
    OnnxOptions Onnx)
{
    /// <summary>Episodes where neither their number nor a length was asked for.</summary>
    public const int DefaultEpisodes = 6;

    /// <summary>The episodes, without end where only a length was asked for. Evaluation seeds: nothing here was trained on.</summary>
    public IEnumerable<Episode> Draw()
    {
        var count = Episodes ?? (Seconds is null ? DefaultEpisodes : int.MaxValue);
        for (var i = 0; i < count; i++)
            yield return EpisodeSampler.Sample(SeedSplit.Evaluation, Seed + (ulong)i, Families[i % Families.Count], Tasks);
    }
}
