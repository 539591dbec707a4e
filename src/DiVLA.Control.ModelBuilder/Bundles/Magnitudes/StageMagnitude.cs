namespace DiVLA.Control.ModelBuilder.Bundles.Magnitudes;

/// <summary>The largest number that a stage computed on the probe inputs.</summary>
/// <param name="Stage">`vision`, `decoder`, `reasoning`, `film` or `diffusion`.</param>
/// <param name="Graph">The file.</param>
/// <param name="Largest">Its magnitude; infinite where fp16 could not hold it.</param>
/// <param name="Node">The node that gave it.</param>
public sealed record StageMagnitude(string Stage, string Graph, double Largest, string Node);
