using System.Text.Json;
using System.Text.Json.Serialization;

namespace DiVLA.Control.Training;

/// <summary>Shape of a policy: config.json of a checkpoint. docs/model.md says what each number means.</summary>
internal sealed record ModelConfig
{
    public string Architecture { get; init; } = "divla-tiny";
    public int HiddenSize { get; init; } = 128;
    public int NumHiddenLayers { get; init; } = 4;
    public int NumAttentionHeads { get; init; } = 4;
    public int NumKeyValueHeads { get; init; } = 2;
    public int HeadDim { get; init; } = 32;
    public int IntermediateSize { get; init; } = 352;
    public required int VocabSize { get; init; }
    public double RmsNormEps { get; init; } = 1e-6;
    public double RopeTheta { get; init; } = 10000;
    public bool TieWordEmbeddings { get; init; }
    public VisionConfig Vision { get; init; } = new([24, 48, 96], 16);
    public CameraConfig[] Cameras { get; init; } = [new("front", 64, 64), new("wrist", 64, 64)];
    public PromptConfig Prompt { get; init; } = new(14, 16, 0, 1, 2);
    public StateConfig State { get; init; } = new("tool-pose-11/v1", 11);
    public required LatentConfig Latent { get; init; }
    public HeadConfig Head { get; init; } = new(256, 512, 4, 128);
    public SchedulerConfig Scheduler { get; init; } = new(100, 10, "squaredcos_cap_v2", "sample", 5.0);
    public double ControlRateHz { get; init; } = 82;
    public int SamplePeriodTicks { get; init; } = 4;

    /// <summary>Tokens before the phrase.</summary>
    [JsonIgnore]
    public int PromptLength => Prompt.InstructionTokens + Cameras.Length * Vision.TokensPerCamera + 1;

    /// <summary>Tokens of prompt and phrase.</summary>
    [JsonIgnore]
    public int SequenceLength => PromptLength + Prompt.MaxPhraseTokens;

    /// <summary>How config.json is written.</summary>
    public static JsonSerializerOptions JsonOptions { get; } = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };
}

internal sealed record VisionConfig(int[] StemChannels, int TokensPerCamera);

internal sealed record CameraConfig(string Name, int Width, int Height);

internal sealed record PromptConfig(int InstructionTokens, int MaxPhraseTokens, int PadTokenId, int EosTokenId, int UnkTokenId);

internal sealed record StateConfig(string Id, int Size);

internal sealed record LatentConfig(string Id, int Horizon, int Size, double[][] Rms);

internal sealed record HeadConfig(int Width, int Hidden, int Blocks, int TimeEmbedding);

internal sealed record SchedulerConfig(int TrainTimesteps, int InferenceTimesteps, string BetaSchedule, string PredictionType, double ClipSampleRange);
