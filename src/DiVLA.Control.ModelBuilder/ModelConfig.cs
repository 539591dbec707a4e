using System.Text.Json;
using System.Text.Json.Serialization;
using DiVLA.Control.Policy.Bundle;

namespace DiVLA.Control.ModelBuilder;

/// <summary>What a checkpoint says about itself: `config.json`, written by training and read by the graph builders.</summary>
/// <remarks>`docs/model.md` has the whole file as an example. The decoder's members carry the names that Qwen2 checkpoints use.</remarks>
public sealed record ModelConfig
{
    /// <summary>Name of the file in the checkpoint's folder.</summary>
    public const string FileName = "config.json";

    /// <summary>The architecture that this builder knows.</summary>
    public const string TinyArchitecture = "divla-tiny";

    public required string Architecture { get; init; }

    /// <summary>D, width of the decoder.</summary>
    public required int HiddenSize { get; init; }

    public required int NumHiddenLayers { get; init; }

    public required int NumAttentionHeads { get; init; }

    public required int NumKeyValueHeads { get; init; }

    public required int HeadDim { get; init; }

    public required int IntermediateSize { get; init; }

    /// <summary>V.</summary>
    public required int VocabSize { get; init; }

    public required double RmsNormEps { get; init; }

    public required double RopeTheta { get; init; }

    /// <summary>True where `lm_head` is `model.embed_tokens`.</summary>
    public required bool TieWordEmbeddings { get; init; }

    public required VisionConfig Vision { get; init; }

    /// <summary>In the order of the backbone's `frames` input. All of one size.</summary>
    public required CameraConfig[] Cameras { get; init; }

    public required PromptConfig Prompt { get; init; }

    /// <summary>Places in the phrase that operators can fill in, in the phrase's order. None by default.</summary>
    public PhraseSlotConfig[] PhraseSlots { get; init; } = [];

    /// <summary>What `scene.presence` tells apart; null where the checkpoint has no such head.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SceneConfig? Scene { get; init; }

    public required StateConfig State { get; init; }

    public required LatentConfig Latent { get; init; }

    public required HeadConfig Head { get; init; }

    public required SchedulerConfig Scheduler { get; init; }

    /// <summary>Commands a second.</summary>
    public required double ControlRateHz { get; init; }

    /// <summary>Control ticks between two samples of the latent.</summary>
    public required int SamplePeriodTicks { get; init; }

    /// <summary>What the policy was trained to do; null where that is not said.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TasksManifest? Tasks { get; init; }

    /// <summary>Number of prompt tokens: instruction, cameras, state.</summary>
    [JsonIgnore]
    public int PromptLength => Prompt.InstructionTokens + Cameras.Length * Vision.TokensPerCamera + 1;

    /// <summary>Positions of the KV cache: the prompt's, then the phrase's.</summary>
    [JsonIgnore]
    public int CacheLength => PromptLength + Prompt.MaxPhraseTokens;

    /// <summary>How configurations are read and written: snake_case, indented, unknown and missing members refused.</summary>
    public static JsonSerializerOptions JsonOptions { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
    };
}

/// <summary>The convolution stem.</summary>
/// <param name="StemChannels">Channels after each stride-2 convolution.</param>
/// <param name="TokensPerCamera">Cells of the last feature map, row-major.</param>
public sealed record VisionConfig(int[] StemChannels, int TokensPerCamera);

/// <summary>A camera. Unit of the sizes: pixels.</summary>
public sealed record CameraConfig(string Name, int Width, int Height);

/// <summary>Lengths and special tokens of the text.</summary>
/// <param name="InstructionTokens">The instruction's length, right-padded.</param>
/// <param name="MaxPhraseTokens">P.</param>
/// <param name="PadTokenId">Fills instruction and draft.</param>
/// <param name="EosTokenId">Ends a phrase.</param>
/// <param name="UnkTokenId">Stands for unknown words.</param>
public sealed record PromptConfig(int InstructionTokens, int MaxPhraseTokens, int PadTokenId, int EosTokenId, int UnkTokenId);

/// <summary>A place in the phrase that an operator can fill in.</summary>
/// <param name="Name">What stands there.</param>
/// <param name="After">The words that it stands right behind. Those of the first slot open every phrase that has a target.</param>
/// <param name="Words">Its length, in tokens.</param>
/// <param name="Values">All that can stand there; null for any words.</param>
public sealed record PhraseSlotConfig(
    PhraseSlot Name,
    string After,
    int Words,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string[]? Values = null);

/// <summary>The presence head.</summary>
/// <param name="Camera">Whose vision tokens it reads.</param>
/// <param name="Kinds">K kinds of object, in the order of its rows, as phrases name them.</param>
public sealed record SceneConfig(string Camera, string[] Kinds);

/// <summary>The robot's state.</summary>
/// <param name="Id">Names the meaning of the numbers.</param>
/// <param name="Size">S.</param>
public sealed record StateConfig(string Id, int Size);

/// <summary>The latent trajectory.</summary>
/// <param name="Id">Names the meaning of the numbers.</param>
/// <param name="Horizon">H.</param>
/// <param name="Size">L.</param>
/// <param name="Rms">Scale `[H][L]`.</param>
public sealed record LatentConfig(string Id, int Horizon, int Size, double[][] Rms);

/// <summary>The diffusion head.</summary>
/// <param name="Width">W.</param>
/// <param name="Hidden">Width inside a block.</param>
/// <param name="Blocks">Number of residual blocks.</param>
/// <param name="TimeEmbedding">Size of the sinusoid.</param>
public sealed record HeadConfig(int Width, int Hidden, int Blocks, int TimeEmbedding);

/// <summary>The diffusion scheduler.</summary>
/// <param name="TrainTimesteps">Steps of the training schedule.</param>
/// <param name="InferenceTimesteps">DDIM steps.</param>
/// <param name="BetaSchedule">`squaredcos_cap_v2`.</param>
/// <param name="PredictionType">What the head's output means.</param>
/// <param name="ClipSampleRange">Predicted samples are clipped to plus and minus this.</param>
public sealed record SchedulerConfig(
    int TrainTimesteps,
    int InferenceTimesteps,
    string BetaSchedule,
    PredictionType PredictionType,
    double ClipSampleRange);

/// <summary>What a diffusion head predicts.</summary>
public enum PredictionType
{
    /// <summary>The clean sample, x0.</summary>
    Sample,

    /// <summary>The noise.</summary>
    Epsilon,
}
