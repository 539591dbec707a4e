using DiVLA.Control.ModelBuilder.Bundles.Magnitudes;
using DiVLA.Control.ModelBuilder.Checkpoints.Shapes;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Onnx;

namespace DiVLA.Control.ModelBuilder.Bundles;

/// <summary>What to build, and where to put it.</summary>
/// <param name="CheckpointDirectory">Folder of the checkpoint: as training leaves it, or as DiVLA and DexVLA publish theirs.</param>
/// <param name="BundleDirectory">Folder of the bundle. An older bundle there is replaced in one step, at the end of a build without faults.</param>
public sealed record BuildRequest(string CheckpointDirectory, string BundleDirectory)
{
    /// <summary>A shape of <see cref="ModelShape.Names"/> under generated weights, in place of a checkpoint; null for none.</summary>
    public string? Shape { get; init; }

    /// <summary>Name of the policy. Defaults to the name of the bundle's folder.</summary>
    public string? Name { get; init; }

    /// <summary>SPDX identifier of the weights' licence. Defaults to Apache-2.0 for weights trained here, to NOASSERTION for published ones and to CC0-1.0 for generated ones.</summary>
    public string? License { get; init; }

    /// <summary>What a published checkpoint does not say itself. Unused for others.</summary>
    public PublishedOptions Published { get; init; } = new();

    /// <summary>How the bundle is checked before it takes its place. Defaults to running it.</summary>
    public BundleVerification Verification { get; init; } = BundleVerification.Run;

    /// <summary>Where it is run for that.</summary>
    public OnnxOptions Onnx { get; init; } = new();

    /// <summary>A shape under generated weights. By default its graphs are not run: what such weights say is of no interest, and a large one needs a GPU for it.</summary>
    /// <param name="shape">One of <see cref="ModelShape.Names"/>.</param>
    /// <param name="bundleDirectory">Folder of the bundle.</param>
    public static BuildRequest OfShape(string shape, string bundleDirectory) => new("", bundleDirectory) { Shape = shape, Verification = BundleVerification.Structure };
}

/// <summary>What a published checkpoint's folder does not say itself.</summary>
public sealed record PublishedOptions
{
    /// <summary>The dataset's statistics. Defaults to dataset_stats.json in the checkpoint's folder, or in the one above it.</summary>
    public string? StatisticsFile { get; init; }

    /// <summary>Description of the arm; needed.</summary>
    public string? EmbodimentFile { get; init; }

    /// <summary>Folder of a PEFT adapter to merge into the weights; null for none.</summary>
    public string? LoraDirectory { get; init; }

    /// <summary>Cameras in the order of training; those of the arm's description where there are none here.</summary>
    public IReadOnlyList<CameraConfig> Cameras { get; init; } = [];

    /// <summary>Actions a second in the dataset; null takes the arm's description's, and else its control rate. Unit: Hz.</summary>
    public double? ActionRateHz { get; init; }

    /// <summary>What the graphs compute in: F32, F16 or BF16. Defaults to F32.</summary>
    public TensorDtype Precision { get; init; } = TensorDtype.F32;

    /// <summary>Most tokens of the text behind the last picture: the instruction, and the few of the chat around it. Defaults to 64.</summary>
    public int InstructionTokens { get; init; } = 64;

    /// <summary>Most tokens of a phrase, without the end token. Defaults to 64.</summary>
    public int PhraseTokens { get; init; } = 64;

    /// <summary>What was given, in words; the lengths of the text aside, which have defaults.</summary>
    internal IEnumerable<string> Given()
    {
        if (StatisticsFile is not null) yield return "statistics";
        if (EmbodimentFile is not null) yield return "an embodiment";
        if (LoraDirectory is not null) yield return "an adapter";
        if (Cameras.Count > 0) yield return "cameras";
        if (ActionRateHz is not null) yield return "an action rate";
        if (Precision != TensorDtype.F32) yield return "a precision";
    }
}

/// <summary>How a bundle is checked.</summary>
public enum BundleVerification
{
    /// <summary>As before serving: hashes, signatures, a probe run of every graph.</summary>
    Run,

    /// <summary>Everything that shows without running a graph: for a machine that cannot run it, or not in the memory it has.</summary>
    Structure,
}

/// <summary>How far a build has come.</summary>
/// <param name="Step">The file that is written next, or what is done to all of them.</param>
/// <param name="Done">Steps finished.</param>
/// <param name="Total">Steps in all.</param>
public sealed record BuildProgress(string Step, int Done, int Total)
{
    /// <summary>How much of this step is done. Unit: bytes.</summary>
    public long Bytes { get; init; }

    /// <summary>How much there is to do in this step; 0 where it is not counted. Unit: bytes.</summary>
    public long TotalBytes { get; init; }
}

/// <summary>A finished bundle.</summary>
/// <param name="Manifest">Its manifest, as written.</param>
/// <param name="Verification">How it was checked.</param>
/// <param name="Magnitudes">The largest numbers of an fp16 bundle that was run; none otherwise.</param>
public sealed record BuiltBundle(PolicyManifest Manifest, BundleVerification Verification, IReadOnlyList<StageMagnitude> Magnitudes);
