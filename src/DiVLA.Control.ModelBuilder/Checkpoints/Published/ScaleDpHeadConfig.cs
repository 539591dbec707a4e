using System.Text.Json.Serialization;

namespace DiVLA.Control.ModelBuilder.Checkpoints.Published;

/// <summary>DexVLA's head: `ScaleDP`, a transformer over the actions with adaptive LayerNorm.</summary>
internal sealed record ScaleDpHeadConfig : PolicyHeadConfig
{
    /// <summary>Width of the layers that join condition and state.</summary>
    public const int CombineWidth = 1024;

    /// <summary>Size of the time step's sinusoid.</summary>
    public const int Sinusoid = 256;

    [JsonPropertyName("cond_dim")]
    public required int GlobalConditionSize { get; init; }

    /// <summary>E, width of the stream.</summary>
    [JsonPropertyName("n_emb")]
    public required int Width { get; init; }

    /// <summary>Number of blocks.</summary>
    public required int Depth { get; init; }

    [JsonPropertyName("num_heads")]
    public required int Heads { get; init; }

    /// <summary>Width inside a block's MLP, in units of E.</summary>
    public required double MlpRatio { get; init; }

    public required bool TimeAsCond { get; init; }

    public required bool ObsAsCond { get; init; }

    public required bool LearnSigma { get; init; }

    [JsonPropertyName("is_tinyvla")]
    public required bool IsTinyVla { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override int ConditionSize => GlobalConditionSize;

    /// <summary>Width inside a block's MLP.</summary>
    [JsonIgnore]
    public int Hidden => (int)(Width * MlpRatio);

    /// <inheritdoc/>
    protected override string ConditionField => "cond_dim";

    /// <inheritdoc/>
    protected override IEnumerable<(string Field, int Size)> Sizes() =>
        base.Sizes().Concat([("n_emb", Width), ("depth", Depth), ("num_heads", Heads), ("mlp_ratio", Hidden)]);

    /// <inheritdoc/>
    protected override IEnumerable<string> OwnFaults()
    {
        if (Heads > 0 && Width % Heads != 0) yield return $"num_heads: {Heads} does not divide n_emb, {Width}.";
        (string Field, bool Value, bool Needed)[] switches =
            [("time_as_cond", TimeAsCond, true), ("obs_as_cond", ObsAsCond, true), ("learn_sigma", LearnSigma, false), ("is_tinyvla", IsTinyVla, false)];
        foreach (var (field, value, needed) in switches.Where(entry => entry.Value != entry.Needed))
            yield return $"{field}: is {(value ? "true" : "false")}, only {(needed ? "true" : "false")} can be built.";
    }
}
