using System.Text.Json;
using System.Text.Json.Serialization;

namespace DiVLA.Control.ModelBuilder.Checkpoints.Published;

/// <summary>A published action head, as `policy_head_type` and `policy_head_config` of a checkpoint's `config.json` describe it.</summary>
/// <remarks>Field names are those of DexVLA's configuration classes. Whatever else a Hugging Face configuration carries is passed over.</remarks>
internal abstract record PolicyHeadConfig
{
    /// <summary>`policy_head_type` of <see cref="UnetHeadConfig"/>.</summary>
    public const string UnetType = "unet_diffusion_policy";

    /// <summary>`policy_head_type` of <see cref="ScaleDpHeadConfig"/>.</summary>
    public const string ScaleDpType = "scale_dp_policy";

    // Far beyond every published head, and small enough that a file full of nonsense cannot take all memory.
    private const int MostOfAnySize = 1 << 16;
    private const int MostActions = 256;

    // The published heads construct their scheduler with these, whatever the configuration says.
    private const double PublishedClipRange = 1;

    /// <summary>A, numbers of an action.</summary>
    [JsonPropertyName("input_dim")]
    public required int ActionSize { get; init; }

    /// <summary>S, numbers of the robot's state.</summary>
    [JsonPropertyName("state_dim")]
    public required int StateSize { get; init; }

    /// <summary>H, actions of a trajectory.</summary>
    [JsonPropertyName("prediction_horizon")]
    public required int Horizon { get; init; }

    [JsonPropertyName("num_train_timesteps")]
    public required int TrainTimesteps { get; init; }

    [JsonPropertyName("num_inference_timesteps")]
    public required int InferenceTimesteps { get; init; }

    /// <summary>D, width of the condition.</summary>
    [JsonIgnore]
    public abstract int ConditionSize { get; }

    /// <summary>DDIM over a squared-cosine schedule, epsilon prediction, samples clipped to [-1, 1].</summary>
    [JsonIgnore]
    public SchedulerConfig Scheduler =>
        new(TrainTimesteps, InferenceTimesteps, Graphs.DdimSchedule.SquaredCosine, PredictionType.Epsilon, PublishedClipRange);

    /// <summary>Reads a head's configuration.</summary>
    /// <param name="type">`policy_head_type`.</param>
    /// <param name="config">`policy_head_config`.</param>
    /// <exception cref="ModelBuildException">The type is unknown, or a field is missing or of the wrong kind.</exception>
    public static PolicyHeadConfig Read(string type, JsonElement config)
    {
        try
        {
            return type switch
            {
                UnetType => config.Deserialize<UnetHeadConfig>(JsonOptions)!,
                ScaleDpType => config.Deserialize<ScaleDpHeadConfig>(JsonOptions)!,
                _ => throw new ModelBuildException(
                    [$"policy_head_type: '{type}' is unknown, '{UnetType}' or '{ScaleDpType}' was expected."]),
            };
        }
        catch (JsonException fault)
        {
            throw new ModelBuildException([$"policy_head_config: {fault.Message}"]);
        }
    }

    /// <summary>All that keeps the head from being built for a backbone of this width: field, found, needed.</summary>
    public IEnumerable<string> Faults(int hiddenSize)
    {
        foreach (var (field, size) in Sizes().Where(entry => entry.Size < 1))
            yield return $"policy_head_config.{field}: is {size}, at least 1 is needed.";
        foreach (var (field, size) in Sizes().Where(entry => entry.Size > MostOfAnySize))
            yield return $"policy_head_config.{field}: is {size}, at most {MostOfAnySize} can be built.";
        if (Horizon > MostActions) yield return $"policy_head_config.prediction_horizon: is {Horizon}, at most {MostActions} can be built.";
        if (ConditionSize != hiddenSize)
            yield return $"policy_head_config.{ConditionField}: is {ConditionSize}, the backbone's hidden_size is {hiddenSize}.";
        if (InferenceTimesteps >= 1 && TrainTimesteps % InferenceTimesteps != 0)
            yield return $"policy_head_config.num_inference_timesteps: {InferenceTimesteps} does not divide num_train_timesteps, {TrainTimesteps}.";
        foreach (var fault in OwnFaults()) yield return $"policy_head_config.{fault}";
    }

    /// <summary>What the configuration calls <see cref="ConditionSize"/>.</summary>
    protected abstract string ConditionField { get; }

    /// <summary>Faults of one kind of head, each beginning with the field's name.</summary>
    protected abstract IEnumerable<string> OwnFaults();

    /// <summary>Every field that must be positive.</summary>
    protected virtual IEnumerable<(string Field, int Size)> Sizes() =>
    [
        ("input_dim", ActionSize), ("state_dim", StateSize), ("prediction_horizon", Horizon),
        ("num_train_timesteps", TrainTimesteps), ("num_inference_timesteps", InferenceTimesteps),
    ];

    private static JsonSerializerOptions JsonOptions { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectNullableAnnotations = true,
    };
}
