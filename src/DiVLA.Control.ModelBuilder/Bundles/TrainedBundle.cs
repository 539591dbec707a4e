using DiVLA.Control.ModelBuilder.Checkpoints;
using DiVLA.Control.ModelBuilder.Graphs;
using DiVLA.Control.ModelBuilder.Onnx;
using DiVLA.Control.Policy.Bundle;

namespace DiVLA.Control.ModelBuilder.Bundles;

/// <summary>The bundle of a checkpoint that was trained here.</summary>
internal sealed class TrainedBundle(Checkpoint checkpoint) : IBundleContents
{
    private const string License = "Apache-2.0";

    // Weights, tokenizer, three graphs; profile, weights and graph of each arm.
    private const int FixedSteps = 5;
    private const int StepsPerEmbodiment = 3;

    /// <inheritdoc/>
    public int Steps => FixedSteps + StepsPerEmbodiment * checkpoint.Embodiments.Count;

    /// <inheritdoc/>
    public PolicyManifest Write(string directory, StepCounter steps)
    {
        Copy(checkpoint.Weights.Path, directory, Checkpoint.WeightsFileName, steps);
        Copy(Path.Combine(checkpoint.Directory, Checkpoint.TokenizerFileName), directory, Checkpoint.TokenizerFileName, steps);
        var weights = new WeightSource(checkpoint.Weights);
        var graphs = new GraphsManifest(
            Graph("backbone", weights, directory, steps, BackboneGraph.Build),
            Graph("reasoning", weights, directory, steps, ReasoningGraph.Build),
            Graph("diffusion", weights, directory, steps, DiffusionGraph.Build));
        weights.ThrowOnFaults();
        EmbodimentManifest[] embodiments = [.. checkpoint.Embodiments.Select(embodiment => Embodiment(embodiment, directory, steps))];
        return ManifestComposer.Compose(checkpoint.Config, License, graphs, embodiments);
    }

    /// <inheritdoc/>
    public void Dispose() => checkpoint.Dispose();

    private EmbodimentManifest Embodiment(EmbodimentCheckpoint embodiment, string directory, StepCounter steps)
    {
        var folder = $"{EmbodimentCheckpoint.FolderName}/{embodiment.Name}";
        Directory.CreateDirectory(Path.Combine(directory, folder));
        var profile = $"{folder}/{EmbodimentCheckpoint.ProfileFileName}";
        Copy(Path.Combine(embodiment.Directory, EmbodimentCheckpoint.ProfileFileName), directory, profile, steps);
        Copy(embodiment.Weights.Path, directory, $"{folder}/{EmbodimentCheckpoint.WeightsFileName}", steps);
        var weights = new WeightSource(embodiment.Weights);
        var graph = Graph(
            $"{folder}/embodiment", weights, directory, steps, (builder, config) => EmbodimentGraph.Build(builder, embodiment.Profile, config.Latent));
        weights.ThrowOnFaults();
        return new EmbodimentManifest(embodiment.Name, profile, graph);
    }

    private GraphManifest Graph(string path, WeightSource weights, string directory, StepCounter steps, Action<GraphBuilder, ModelConfig> build)
    {
        var graph = BuiltGraph.Of(path, weights, builder => build(builder, checkpoint.Config));
        steps.Next(graph.Manifest.File);
        graph.Write(directory);
        return graph.Manifest;
    }

    private static void Copy(string from, string directory, string to, StepCounter steps)
    {
        steps.Next(to, new FileInfo(from).Length);
        BundleFiles.Copy(from, Path.Combine(directory, to), steps);
    }
}
