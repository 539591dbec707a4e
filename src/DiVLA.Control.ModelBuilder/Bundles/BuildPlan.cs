using DiVLA.Control.ModelBuilder.Costs;

namespace DiVLA.Control.ModelBuilder.Bundles;

/// <summary>What a build would write, and what its result would take. Nothing was written for it.</summary>
/// <param name="Architecture">Which graph builders it takes.</param>
/// <param name="Files">Weights and graphs; what else there is, is small.</param>
/// <param name="Graphs">Backbone, Reasoning, Diffusion, then each arm's Embodiment.</param>
/// <param name="Stages">What each stage reads and takes, in stage order.</param>
/// <param name="Estimate">What the policy takes as a whole.</param>
public sealed record BuildPlan(
    string Architecture, IReadOnlyList<PlannedFile> Files, IReadOnlyList<GraphReport> Graphs, IReadOnlyList<StageReport> Stages, PolicyEstimate? Estimate)
{
    /// <summary>What is written anew. Unit: bytes.</summary>
    public long BytesWritten => Files.Where(file => !file.IsShared).Sum(file => file.Bytes);
}

/// <summary>A file of a bundle that is not there yet.</summary>
/// <param name="Path">Path in the bundle.</param>
/// <param name="Bytes">Unit: bytes.</param>
/// <param name="IsShared">True where it is a second name of a file of the checkpoint, wherever the file system allows that.</param>
public sealed record PlannedFile(string Path, long Bytes, bool IsShared);
