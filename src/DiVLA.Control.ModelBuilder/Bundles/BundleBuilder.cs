using DiVLA.Control.ModelBuilder.Checkpoints;
using DiVLA.Control.ModelBuilder.Graphs;
using DiVLA.Control.ModelBuilder.Onnx;
using DiVLA.Control.Policy.Bundle;

namespace DiVLA.Control.ModelBuilder.Bundles;

/// <summary>Turns a checkpoint into a bundle: graphs that point into its weights, and the manifest.</summary>
public sealed class BundleBuilder
{
    // Weights, tokenizer, three graphs, manifest; profile, weights and graph of each arm.
    private const int FixedSteps = 6;
    private const int StepsPerEmbodiment = 3;

    // Measured (tests/DiVLA.Control.Benchmarks): no graph is faster with other session options than ONNX Runtime's own. In particular the
    // ten steps' kernels share one prepacked copy of each weight, so prepacking costs 7 MB, not ten times the head.
    private static readonly IReadOnlyDictionary<string, string> _sessionOptions = new Dictionary<string, string>();

    private readonly Checkpoint _checkpoint;
    private readonly string _directory;
    private readonly StepCounter _steps;
    private readonly CancellationToken _cancellation;

    private BundleBuilder(Checkpoint checkpoint, string directory, IProgress<BuildProgress>? progress, CancellationToken cancellation)
    {
        _cancellation = cancellation;
        _checkpoint = checkpoint;
        _directory = directory;
        _steps = new StepCounter(progress, FixedSteps + StepsPerEmbodiment * checkpoint.Embodiments.Count, cancellation);
    }

    /// <summary>Builds a bundle beside its destination and swaps it in when it is complete.</summary>
    /// <remarks>A bundle that is already there stays untouched and whole until then, and for good where the build fails or is cancelled.</remarks>
    /// <returns>The manifest, as written.</returns>
    /// <exception cref="ModelBuildException">The checkpoint has faults; all of them are listed.</exception>
    /// <exception cref="IOException">The bundle cannot be written.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; nothing of the new bundle is left.</exception>
    public static PolicyManifest Build(BuildRequest request, IProgress<BuildProgress>? progress = null, CancellationToken cancellation = default)
    {
        using var checkpoint = Checkpoint.Open(request.CheckpointDirectory);
        using var swap = new DirectorySwap(request.BundleDirectory);
        var manifest = new BundleBuilder(checkpoint, swap.NewDirectory, progress, cancellation).Build(request);
        cancellation.ThrowIfCancellationRequested();
        swap.Commit();
        return manifest;
    }

    private PolicyManifest Build(BuildRequest request)
    {
        Copy(_checkpoint.Weights.Path, Checkpoint.WeightsFileName);
        Copy(Path.Combine(_checkpoint.Directory, Checkpoint.TokenizerFileName), Checkpoint.TokenizerFileName);
        var weights = new WeightSource(_checkpoint.Weights);
        var graphs = new GraphsManifest(
            Graph("backbone", weights, BackboneGraph.Build),
            Graph("reasoning", weights, ReasoningGraph.Build),
            Graph("diffusion", weights, DiffusionGraph.Build));
        weights.ThrowOnFaults();
        var embodiments = _checkpoint.Embodiments.Select(Embodiment).ToArray();

        _steps.Next(PolicyManifest.FileName);
        var name = request.Name ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(request.BundleDirectory)));
        var unsealed = ManifestComposer.Compose(_checkpoint.Config, name, request.License, graphs, embodiments, BundleFiles.Describe(_directory, _cancellation));
        var manifest = unsealed with { Revision = unsealed.ComputeRevision() };
        File.WriteAllText(Path.Combine(_directory, PolicyManifest.FileName), manifest.ToJson());
        return manifest;
    }

    private EmbodimentManifest Embodiment(EmbodimentCheckpoint embodiment)
    {
        var folder = Path.Combine(_directory, EmbodimentPaths.Folder, embodiment.Name);
        Directory.CreateDirectory(folder);
        Copy(embodiment.Weights.Path, EmbodimentPaths.Of(embodiment.Name, EmbodimentPaths.Weights));
        var (graphPath, profilePath) = (EmbodimentPaths.Of(embodiment.Name, EmbodimentPaths.Graph), EmbodimentPaths.Of(embodiment.Name, EmbodimentPaths.Profile));
        _steps.Next(graphPath);
        var graph = EmbodimentFolder.Complete(folder, embodiment.Profile, _cancellation);
        _steps.Next(profilePath);
        return new EmbodimentManifest(embodiment.Name, profilePath, graph with { File = graphPath, SessionOptions = _sessionOptions });
    }

    private GraphManifest Graph(string path, WeightSource weights, Action<GraphBuilder, ModelConfig> build)
    {
        var file = $"{path}.onnx";
        _steps.Next(file);
        var graph = new GraphBuilder(Path.GetFileName(path), weights);
        build(graph, _checkpoint.Config);
        File.WriteAllBytes(Path.Combine(_directory, file), graph.ToBytes());
        return new GraphManifest(file, [.. graph.Inputs], [.. graph.Outputs], _sessionOptions);
    }

    private void Copy(string from, string to)
    {
        _steps.Next(to);
        BundleFiles.Copy(from, Path.Combine(_directory, to), _cancellation);
    }
}
