using DiVLA.Control.ModelBuilder.Costs;
using DiVLA.Control.Policy;
using DiVLA.Control.Policy.Bundle;

namespace DiVLA.Control.ModelBuilder.Bundles;

/// <summary>What is in a bundle.</summary>
/// <param name="Manifest">The bundle's own description.</param>
/// <param name="AddedEmbodiments">Names of the arms that were put beside those of the manifest.</param>
/// <param name="Bytes">All files together, the manifest included. Unit: bytes.</param>
/// <param name="Graphs">Backbone, Reasoning, Diffusion, then each arm's Embodiment.</param>
/// <param name="Stages">What each stage reads and takes, in stage order. Backbone and Reasoning read the same decoder.</param>
/// <param name="Estimate">What the policy takes as a whole; null where a graph has operators that none of ours has.</param>
public sealed record BundleReport(
    PolicyManifest Manifest, string[] AddedEmbodiments, long Bytes, GraphReport[] Graphs, StageReport[] Stages, PolicyEstimate? Estimate);

/// <summary>One graph.</summary>
/// <param name="File">Path in the bundle.</param>
/// <param name="Bytes">Size of the file, without the weights that it points to. Unit: bytes.</param>
/// <param name="Nodes">Number of nodes, before ONNX Runtime optimises.</param>
/// <param name="NodesByOperator">The same by operator, most frequent first.</param>
/// <param name="Parameters">Numbers in the weights that the graph points to, each counted once.</param>
/// <param name="WeightBytes">Size of these weights in their safetensors file. Unit: bytes.</param>
/// <param name="ConstantBytes">Size of the constants that the graph holds itself: tables, shapes, scalars. Unit: bytes.</param>
/// <param name="Inputs">What it takes.</param>
/// <param name="Outputs">What it gives.</param>
public sealed record GraphReport(
    string File,
    long Bytes,
    int Nodes,
    IReadOnlyList<OperatorCount> NodesByOperator,
    long Parameters,
    long WeightBytes,
    long ConstantBytes,
    IReadOnlyList<TensorManifest> Inputs,
    IReadOnlyList<TensorManifest> Outputs);

/// <summary>How often a graph uses an operator.</summary>
public sealed record OperatorCount(string Operator, int Nodes);

/// <summary>One stage's share of the weights, and what it takes.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="Graph">The file that it is part of.</param>
/// <param name="Nodes">Its nodes there.</param>
/// <param name="Parameters">Numbers in the weights that these nodes read, each counted once.</param>
/// <param name="Precision">Element type of these weights; several where they differ, none without weights.</param>
/// <param name="WeightBytes">Size of these weights. Unit: bytes.</param>
/// <param name="Cost">What a run takes at least; null where its graph has operators that none of ours has.</param>
public sealed record StageReport(
    PolicyStage Stage, string Graph, int Nodes, long Parameters, IReadOnlyList<TensorDtype> Precision, long WeightBytes, StageCost? Cost);
