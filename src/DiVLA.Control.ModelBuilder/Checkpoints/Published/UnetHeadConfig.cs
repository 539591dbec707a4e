using System.Text.Json.Serialization;

namespace DiVLA.Control.ModelBuilder.Checkpoints.Published;

/// <summary>DiVLA's head: `ConditionalUnet1D`.</summary>
internal sealed record UnetHeadConfig : PolicyHeadConfig
{
    /// <summary>Groups of the last normalisation. The published code leaves them at its default there, whatever `n_groups` says.</summary>
    public const int FinalGroups = 8;

    private const int MostLevels = 8;

    [JsonPropertyName("global_cond_dim")]
    public required int GlobalConditionSize { get; init; }

    /// <summary>Size of the time step's sinusoid and embedding.</summary>
    [JsonPropertyName("diffusion_step_embed_dim")]
    public required int TimeEmbedding { get; init; }

    /// <summary>Channels of each level, top first. Every level but the last halves the length.</summary>
    [JsonPropertyName("down_dims")]
    public required int[] Channels { get; init; }

    [JsonPropertyName("kernel_size")]
    public required int Kernel { get; init; }

    /// <summary>Groups of every normalisation but the last.</summary>
    [JsonPropertyName("n_groups")]
    public required int Groups { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override int ConditionSize => GlobalConditionSize;

    /// <summary>Number of levels.</summary>
    [JsonIgnore]
    public int Levels => Channels.Length;

    /// <summary>Width of time embedding and condition together, which FiLM reads.</summary>
    [JsonIgnore]
    public int FeatureSize => TimeEmbedding + GlobalConditionSize;

    /// <inheritdoc/>
    protected override string ConditionField => "global_cond_dim";

    /// <inheritdoc/>
    protected override IEnumerable<(string Field, int Size)> Sizes() => base.Sizes().Concat(
    [
        ("diffusion_step_embed_dim", TimeEmbedding), ("kernel_size", Kernel), ("n_groups", Groups), ("down_dims", Channels.Length),
        .. Channels.Select((size, level) => ($"down_dims[{level}]", size)),
    ]);

    /// <inheritdoc/>
    protected override IEnumerable<string> OwnFaults()
    {
        if (TimeEmbedding % 2 != 0 || TimeEmbedding < 4)
            yield return $"diffusion_step_embed_dim: is {TimeEmbedding}, an even number from 4 is needed.";
        if (Kernel % 2 == 0) yield return $"kernel_size: is {Kernel}, an odd number is needed: others change the length.";
        if (Channels.Length > MostLevels) yield return $"down_dims: has {Channels.Length} levels, at most {MostLevels} can be built.";
        if (Groups < 1 || Channels.Length is 0 or > MostLevels || Channels.Any(channels => channels < 1)) yield break;
        foreach (var channels in Channels.Where(channels => channels % Groups != 0))
            yield return $"down_dims: {channels} channels cannot be divided into n_groups, {Groups}.";
        if (Channels[0] % FinalGroups != 0) yield return $"down_dims[0]: {Channels[0]} channels cannot be divided into the last norm's {FinalGroups} groups.";
        if (Horizon % (1 << (Levels - 1)) != 0)
            yield return $"prediction_horizon: {Horizon} cannot be halved {Levels - 1} times, as {Levels} down_dims ask for.";
    }
}
