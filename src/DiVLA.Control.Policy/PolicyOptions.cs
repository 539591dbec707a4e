using DiVLA.Control.Policy.Ablation;
using DiVLA.Control.Policy.Onnx;

namespace DiVLA.Control.Policy;

/// <summary>How bundles are run.</summary>
public sealed record PolicyOptions
{
    /// <summary>How ONNX Runtime is used.</summary>
    public OnnxOptions Onnx { get; init; } = new();

    /// <summary>What the decoded joints are held to.</summary>
    public EmbodimentCheckOptions Embodiment { get; init; } = new();

    /// <summary>When an object counts as seen.</summary>
    public SceneOptions Scene { get; init; } = new();

    /// <summary>Greatest age of an observation that is planned from. Range: above 0. Defaults to 500 ms.</summary>
    public TimeSpan MaxObservationAge { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>What is taken from the policy, for evaluation; null for nothing, as on every robot.</summary>
    public PolicyAblation? Ablation { get; init; }

    /// <summary>How often noise is drawn. Defaults to once a session, so that successive plans agree.</summary>
    public NoiseDraw Noise { get; init; } = NoiseDraw.OncePerSession;

    /// <summary>Inferences on a grey picture when a bundle is loaded, for each arm. Range: 0 to 1000. Defaults to 40.</summary>
    /// <remarks>A live session's first tick then runs compiled code over warm memory.</remarks>
    public int RehearsalInferences { get; init; } = 40;

    /// <summary>Time after which no further of these inferences begins: large models take long on a CPU. Range: above 0. Defaults to 20 s.</summary>
    public TimeSpan MaxRehearsalTime { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>All that is wrong with these options; empty where they can be used.</summary>
    public IReadOnlyList<string> Validate()
    {
        var errors = new List<string>();
        if (RehearsalInferences is < 0 or > 1000) errors.Add($"RehearsalInferences: found {RehearsalInferences}, expected 0 to 1000");
        if (MaxRehearsalTime <= TimeSpan.Zero) errors.Add($"MaxRehearsalTime: found {MaxRehearsalTime}, expected more than 0");
        if (MaxObservationAge <= TimeSpan.Zero) errors.Add($"MaxObservationAge: found {MaxObservationAge}, expected more than 0");
        if (!Enum.IsDefined(Noise)) errors.Add($"Noise: found {Noise}, expected one of {string.Join(", ", Enum.GetNames<NoiseDraw>())}");
        errors.AddRange(Onnx.Validate());
        errors.AddRange(Embodiment.Validate());
        errors.AddRange(Scene.Validate());
        return errors;
    }
}

/// <summary>How often noise is drawn from the session's seed.</summary>
public enum NoiseDraw
{
    OncePerSession,
    OncePerInference,
}

/// <summary>What the decoded joints are held to, at every plan.</summary>
/// <remarks>
/// The embodiment's map is linear in the latent, so its error grows with the displacement: a trained one is within 0.3 mm at the first sample
/// and 2 mm at the last on average. The tolerances leave several times that at both ends and grow linearly between them; a wrong arm's map, or
/// one far outside its range, misses by centimetres. What the arm executes are the first samples, so they are held tightest.
/// </remarks>
public sealed record EmbodimentCheckOptions
{
    /// <summary>Greatest distance of the tool from where the latent wants it, at the first sample. Unit: m. Defaults to 5 mm.</summary>
    public double FirstSampleDistanceM { get; init; } = 0.005;

    /// <summary>The same at the last sample. Unit: m. Defaults to 15 mm.</summary>
    public double LastSampleDistanceM { get; init; } = 0.015;

    /// <summary>Greatest angle between the tool and what the latent wants, at the first sample. Unit: rad. Defaults to 0.05.</summary>
    public double FirstSampleAngleRad { get; init; } = 0.05;

    /// <summary>The same at the last sample. Unit: rad. Defaults to 0.15.</summary>
    public double LastSampleAngleRad { get; init; } = 0.15;

    /// <summary>How far the commanded joints may leave the range that the map was trained on. Unit: rad. Defaults to 0.1.</summary>
    public double JointMarginRad { get; init; } = 0.1;

    /// <summary>How many times the greatest trained latent a latent may be. Range: at least 1. Defaults to 1.25.</summary>
    public double LatentMargin { get; init; } = 1.25;

    /// <summary>All that is wrong with these options; empty where they can be used.</summary>
    public IReadOnlyList<string> Validate()
    {
        var errors = new List<string>();
        Require(FirstSampleDistanceM > 0, nameof(FirstSampleDistanceM), FirstSampleDistanceM, "more than 0");
        Require(LastSampleDistanceM >= FirstSampleDistanceM, nameof(LastSampleDistanceM), LastSampleDistanceM, "at least that of the first sample");
        Require(FirstSampleAngleRad > 0, nameof(FirstSampleAngleRad), FirstSampleAngleRad, "more than 0");
        Require(LastSampleAngleRad >= FirstSampleAngleRad, nameof(LastSampleAngleRad), LastSampleAngleRad, "at least that of the first sample");
        Require(JointMarginRad >= 0, nameof(JointMarginRad), JointMarginRad, "at least 0");
        Require(LatentMargin >= 1, nameof(LatentMargin), LatentMargin, "at least 1");
        return errors;

        void Require(bool condition, string name, double found, string expected)
        {
            if (!condition) errors.Add($"Embodiment.{name}: found {found}, expected {expected}");
        }
    }
}
