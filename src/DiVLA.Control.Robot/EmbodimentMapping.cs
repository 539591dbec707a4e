namespace DiVLA.Control.Robot;

/// <summary>How latents become joints.</summary>
public sealed record EmbodimentMapping
{
    public required EmbodimentMappingKind Kind { get; init; }

    /// <summary>Width of the MLP's hidden layers; 0 for other kinds.</summary>
    public required int Hidden { get; init; }

    /// <summary>Scale of the joint displacement at each sample, `[H]`. Unit: rad.</summary>
    public required double[] DisplacementRmsRad { get; init; }

    /// <summary>Joint positions that the MLP was trained on, `[n]` each. Unit: rad.</summary>
    public required double[] TrainedLowerRad { get; init; }

    /// <inheritdoc cref="TrainedLowerRad"/>
    public required double[] TrainedUpperRad { get; init; }

    /// <summary>Largest absolute latent value that the MLP was trained on, `[L]`.</summary>
    public required double[] TrainedLatentMax { get; init; }

    /// <summary>Scale `[H][L]` of the latents that the MLP was trained on; the policy's `latent.rms` must be the same.</summary>
    public required double[][] LatentRms { get; init; }

    /// <summary>Tool error on random motions at the first sample. Unit: mm.</summary>
    public required ToolError FirstSampleError { get; init; }

    /// <summary>Tool error on random motions at the last sample. Unit: mm.</summary>
    public required ToolError LastSampleError { get; init; }

    /// <summary>Joint positions with the tool pose they must give: 12 numbers, row-major 3 x 4, table frame.</summary>
    public required ProbePose[] ProbePoses { get; init; }
}

/// <summary>The ways from a latent to joints.</summary>
public enum EmbodimentMappingKind
{
    /// <summary>Bilinear MLP over a task-space latent.</summary>
    Mlp,

    /// <summary>Affine map of normalised joints, as published checkpoints have it.</summary>
    Affine,
}

/// <summary>Distance between where the latent wants the tool and where the joints put it. Unit: mm.</summary>
public sealed record ToolError(double MeanMm, double P95Mm);

/// <summary>A configuration with a known tool pose, checked when a bundle is loaded.</summary>
public sealed record ProbePose(double[] JointsRad, double[] ToolPose);
