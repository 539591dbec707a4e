using DiVLA.Control.ModelBuilder.Checkpoints;
using DiVLA.Control.ModelBuilder.Costs;
using DiVLA.Control.ModelBuilder.Graphs;
using DiVLA.Control.ModelBuilder.Onnx;
using DiVLA.Control.Policy;
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
    public BuildPlan Plan(Accelerator accelerator)
    {
        var (config, graphs) = (checkpoint.Config, Graphs());
        return BuildPlans.Of(
            config.Architecture,
            [
                Copied(checkpoint.Weights.Path, Checkpoint.WeightsFileName),
                .. checkpoint.Embodiments.Select(arm => Copied(arm.Weights.Path, EmbodimentPaths.Of(arm.Name, EmbodimentPaths.Weights))),
            ],
            [
                (PolicyStage.Backbone, graphs.Backbone), (PolicyStage.Reasoning, graphs.Reasoning), (PolicyStage.Diffusion, graphs.Diffusion),
                .. checkpoint.Embodiments.Select(arm => (PolicyStage.Embodiment, ArmGraph(arm))),
            ],
            new DecoderManifest(config.NumHiddenLayers, config.NumKeyValueHeads, config.HeadDim, config.CacheLength, config.HiddenSize),
            accelerator);
    }

    /// <inheritdoc/>
    public PolicyManifest Write(string directory, StepCounter steps)
    {
        Copy(checkpoint.Weights.Path, directory, Checkpoint.WeightsFileName, steps);
        Copy(Path.Combine(checkpoint.Directory, Checkpoint.TokenizerFileName), directory, Checkpoint.TokenizerFileName, steps);
        var graphs = Graphs();
        foreach (var graph in (BuiltGraph[])[graphs.Backbone, graphs.Reasoning, graphs.Diffusion]) Write(graph, directory, steps);
        EmbodimentManifest[] embodiments = [.. checkpoint.Embodiments.Select(embodiment => Embodiment(embodiment, directory, steps))];
        return ManifestComposer.Compose(
            checkpoint.Config, License, new GraphsManifest(graphs.Backbone.Manifest, graphs.Reasoning.Manifest, graphs.Diffusion.Manifest), embodiments);
    }

    /// <inheritdoc/>
    public void Dispose() => checkpoint.Dispose();

    private static EmbodimentManifest Embodiment(EmbodimentCheckpoint embodiment, string directory, StepCounter steps)
    {
        var folder = Path.Combine(directory, EmbodimentPaths.Folder, embodiment.Name);
        Directory.CreateDirectory(folder);
        Copy(embodiment.Weights.Path, directory, EmbodimentPaths.Of(embodiment.Name, EmbodimentPaths.Weights), steps);
        var (graphPath, profilePath) = (EmbodimentPaths.Of(embodiment.Name, EmbodimentPaths.Graph), EmbodimentPaths.Of(embodiment.Name, EmbodimentPaths.Profile));
        steps.Next(graphPath);
        var graph = EmbodimentFolder.Complete(folder, embodiment.Profile, steps.Cancellation);
        steps.Next(profilePath);
        return new EmbodimentManifest(embodiment.Name, profilePath, graph with { File = graphPath });
    }

    private (BuiltGraph Backbone, BuiltGraph Reasoning, BuiltGraph Diffusion) Graphs()
    {
        var weights = new WeightSource(checkpoint.Weights);
        BuiltGraph Graph(string path, Action<GraphBuilder, ModelConfig> build) => BuiltGraph.Of(path, weights, builder => build(builder, checkpoint.Config));
        var graphs = (Graph("backbone", BackboneGraph.Build), Graph("reasoning", ReasoningGraph.Build), Graph("diffusion", DiffusionGraph.Build));
        weights.ThrowOnFaults();
        return graphs;
    }

    private static BuiltGraph ArmGraph(EmbodimentCheckpoint embodiment) =>
        EmbodimentFolder.Graph(EmbodimentPaths.Of(embodiment.Name, EmbodimentPaths.Graph), embodiment.Profile, embodiment.Weights);

    private static void Write(BuiltGraph graph, string directory, StepCounter steps)
    {
        steps.Next(graph.Manifest.File);
        graph.Write(directory);
    }

    private static PlannedFile Copied(string from, string to) => new(to, new FileInfo(from).Length, IsShared: false);

    private static void Copy(string from, string directory, string to, StepCounter steps)
    {
        steps.Next(to, new FileInfo(from).Length);
        BundleFiles.Copy(from, Path.Combine(directory, to), steps);
    }
}
