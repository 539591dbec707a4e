using DiVLA.Control.ModelBuilder.Checkpoints.Published;
using DiVLA.Control.ModelBuilder.Graphs;
using DiVLA.Control.ModelBuilder.Onnx;
using DiVLA.Control.Policy.Bundle;

namespace DiVLA.Control.ModelBuilder.Bundles;

/// <summary>The graphs that all embodiments of a published policy share, and what they make of its weights. Nothing is written yet.</summary>
/// <param name="Backbone">`backbone.onnx`.</param>
/// <param name="Reasoning">`reasoning.onnx`.</param>
/// <param name="Diffusion">`diffusion.onnx`.</param>
/// <param name="Weights">The tensors that they asked for, and what was wrong with these.</param>
internal sealed record PublishedGraphs(BuiltGraph Backbone, BuiltGraph Reasoning, BuiltGraph Diffusion, WeightSource Weights)
{
    /// <summary>Builds them over any store of weights.</summary>
    public static PublishedGraphs Build(PublishedModel model, IWeightStore store)
    {
        var weights = new WeightSource(store);
        return new PublishedGraphs(
            BuiltGraph.Of("backbone", weights, model.Backbone.BuildBackbone),
            BuiltGraph.Of("reasoning", weights, model.Backbone.BuildReasoning),
            BuiltGraph.Of("diffusion", weights, graph => PublishedDiffusionGraph.Build(graph, model.Head)),
            weights);
    }

    /// <summary>All of them.</summary>
    public IEnumerable<BuiltGraph> All => [Backbone, Reasoning, Diffusion];

    /// <summary>What policy.json says about them.</summary>
    public GraphsManifest Manifest => new(Backbone.Manifest, Reasoning.Manifest, Diffusion.Manifest);
}
