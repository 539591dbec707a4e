namespace DiVLA.Control.Policy;

/// <summary>How long each stage of one inference took. Unit: ns; 0 where a stage did not run.</summary>
public record struct PolicyStageTimes
{
    public long DecodeNs { get; set; }

    /// <summary>Robot state to the policy's own terms.</summary>
    public long EmbodimentInNs { get; set; }

    public long BackboneNs { get; set; }

    /// <summary>Verification of the draft, and the hand-over to the decoder where it fails; decoding itself runs beside.</summary>
    public long ReasoningNs { get; set; }

    /// <summary>Check of the condition; Film's own products are the first part of `diffusion.onnx` and count there.</summary>
    public long FilmNs { get; set; }

    public long DiffusionNs { get; set; }

    /// <summary>Latent to joints, with the check by forward kinematics.</summary>
    public long EmbodimentOutNs { get; set; }

    /// <summary>Sum of all stages.</summary>
    public readonly long TotalNs =>
        DecodeNs + EmbodimentInNs + BackboneNs + ReasoningNs + FilmNs + DiffusionNs + EmbodimentOutNs;

    /// <summary>Time of one stage; Embodiment is the sum of both its halves.</summary>
    public readonly long this[PolicyStage stage] => stage switch
    {
        PolicyStage.Decode => DecodeNs,
        PolicyStage.Backbone => BackboneNs,
        PolicyStage.Reasoning => ReasoningNs,
        PolicyStage.Film => FilmNs,
        PolicyStage.Diffusion => DiffusionNs,
        PolicyStage.Embodiment => EmbodimentInNs + EmbodimentOutNs,
        _ => throw new ArgumentOutOfRangeException(nameof(stage), stage, null),
    };
}
