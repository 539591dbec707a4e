using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DiVLA.Control.Policy.Bundle;

/// <summary>What a bundle says about itself: `policy.json`. Written by the model builder, verified before anything is served.</summary>
public sealed record PolicyManifest
{
    /// <summary>Name of the file in the bundle's folder.</summary>
    public const string FileName = "policy.json";

    /// <summary>The one schema version that this build reads and writes.</summary>
    public const int CurrentSchemaVersion = 1;

    private const int RevisionDigits = 16;

    public required int SchemaVersion { get; init; }

    /// <summary>Name of the policy, as in `divla-tiny`.</summary>
    public required string Name { get; init; }

    /// <summary>Changes with every build whose graphs or weights differ; shown wherever actions are recorded.</summary>
    public required string Revision { get; init; }

    /// <summary>SPDX identifier of the weights' licence.</summary>
    public required string License { get; init; }

    /// <summary>Which graph builder made it, as in `divla-tiny`.</summary>
    public required string Architecture { get; init; }

    /// <summary>Cameras in the order of the backbone's `frames` input.</summary>
    public required CameraManifest[] Cameras { get; init; }

    public required StateManifest State { get; init; }

    public required LatentManifest Latent { get; init; }

    public required PromptManifest Prompt { get; init; }

    public required SpecialTokensManifest SpecialTokens { get; init; }

    /// <summary>Places in the phrase that operators can fill in, in the phrase's order; none where phrases cannot be pinned.</summary>
    public PhraseSlotManifest[] PhraseSlots { get; init; } = [];

    /// <summary>What the backbone's `presence` output tells apart; null where it has none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SceneManifest? Scene { get; init; }

    public required SchedulerManifest Scheduler { get; init; }

    /// <summary>Commands a second that the policy was trained for.</summary>
    public required double ControlRateHz { get; init; }

    /// <summary>Control ticks between two samples: sample h is for t_observation + (h + 1) * sample_period_ticks / control_rate_hz.</summary>
    public required int SamplePeriodTicks { get; init; }

    public required DecoderManifest Decoder { get; init; }

    /// <summary>What the graphs that all embodiments share compute in: F32, F16 or BF16. What they take and give is fp32, the KV cache aside.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public TensorDtype Precision { get; init; }

    public required GraphsManifest Graphs { get; init; }

    /// <summary>What the policy was trained to do, in the simulator's terms; null where that is not said.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TasksManifest? Tasks { get; init; }

    /// <summary>Every file of the bundle but this one.</summary>
    public required FileManifest[] Files { get; init; }

    /// <summary>The arms that this policy can drive.</summary>
    public required EmbodimentManifest[] Embodiments { get; init; }

    /// <summary>Positions of the longest prompt; the phrase's come after.</summary>
    [JsonIgnore]
    public int PromptLength => Decoder.CacheLength - Prompt.MaxPhraseTokens;

    /// <summary>Positions of the prompt before the text that the instruction is part of; in a chat the same for every instruction.</summary>
    [JsonIgnore]
    public int PrefixLength => PromptLength - Prompt.InstructionTokens;

    /// <summary>How manifests are read and written: snake_case, indented, unknown and missing members refused.</summary>
    public static JsonSerializerOptions JsonOptions { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DictionaryKeyPolicy = null,
        WriteIndented = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
    };

    /// <summary>How an element type is written in `policy.json`.</summary>
    public static string NameOf(TensorDtype dtype) => JsonNamingPolicy.SnakeCaseLower.ConvertName(dtype.ToString());

    /// <summary>
    /// What <see cref="Revision"/> must be: the start of a hash over everything else that the manifest says, its name aside. Every file's hash is in it,
    /// so a number changed here is found as surely as a byte changed there.
    /// </summary>
    public string ComputeRevision()
    {
        var contents = (this with { Revision = "", Name = "" }).ToJson();
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(contents)))[..RevisionDigits];
    }

    /// <summary>The text of `policy.json`.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, JsonOptions);
}

/// <summary>One camera of the robot.</summary>
/// <param name="Name">Name that frames carry.</param>
/// <param name="Width">Unit: pixels.</param>
/// <param name="Height">Unit: pixels.</param>
/// <param name="ResizedWidth">Width that the backbone takes; 0 where it takes frames as they come. Unit: pixels.</param>
/// <param name="ResizedHeight">Height that the backbone takes; 0 where it takes frames as they come. Unit: pixels.</param>
public sealed record CameraManifest(
    string Name,
    int Width,
    int Height,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] int ResizedWidth = 0,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] int ResizedHeight = 0)
{
    /// <summary>True where frames are resized before the backbone sees them.</summary>
    [JsonIgnore]
    public bool IsResized => ResizedWidth > 0;

    /// <summary>Width of the picture in the backbone. Unit: pixels.</summary>
    [JsonIgnore]
    public int PictureWidth => IsResized ? ResizedWidth : Width;

    /// <summary>Height of the picture in the backbone. Unit: pixels.</summary>
    [JsonIgnore]
    public int PictureHeight => IsResized ? ResizedHeight : Height;
}

/// <summary>The robot's state in the policy's own terms.</summary>
/// <param name="Id">Names the meaning of the numbers; every embodiment's profile must carry the same.</param>
/// <param name="Size">S.</param>
public sealed record StateManifest(string Id, int Size);

/// <summary>The latent trajectory `[H, L]`.</summary>
/// <param name="Id">Names the meaning of the numbers; every embodiment's profile must carry the same.</param>
/// <param name="Horizon">H, samples.</param>
/// <param name="Size">L, numbers a sample.</param>
/// <param name="Rms">Scale `[H][L]`: latent times this is metres, radians and gripper sign. None where the latent is normalised joints.</param>
public sealed record LatentManifest(string Id, int Horizon, int Size, double[][] Rms);

/// <summary>How text goes in and comes out.</summary>
/// <param name="Template">Text of the prompt; `{instruction}` stands for the instruction, and in a chat <see cref="ImageToken"/> for each camera's picture.</param>
/// <param name="InstructionTokens">Length of the backbone's `instruction_tokens`; in a chat, most prompt tokens after the last picture.</param>
/// <param name="MaxPhraseTokens">P, most tokens of a phrase, without the end token.</param>
/// <param name="Kind">How the prompt is put together.</param>
public sealed record PromptManifest(
    string Template,
    int InstructionTokens,
    int MaxPhraseTokens,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] PromptKind Kind = PromptKind.Instruction)
{
    /// <summary>What stands for a picture in the template of a chat.</summary>
    public const string ImageToken = "<|image_pad|>";

    /// <summary>What stands for the instruction in <see cref="Template"/>.</summary>
    public const string InstructionPlaceholder = "{instruction}";
}

/// <summary>How the prompt is put together.</summary>
public enum PromptKind
{
    /// <summary>The instruction alone, padded to its length; pads are tokens like others.</summary>
    Instruction,

    /// <summary>A chat as Qwen2-VL has it: pictures, then the instruction, which ends where it ends.</summary>
    Chat,
}

/// <summary>Token ids with a meaning of their own.</summary>
/// <param name="Pad">Fills the instruction and the draft.</param>
/// <param name="Eos">Ends a phrase.</param>
/// <param name="Unk">Stands for a word that the tokenizer does not know; unused in a chat.</param>
public sealed record SpecialTokensManifest(int Pad, int Eos, int Unk);

/// <summary>The diffusion scheduler, folded into `diffusion.onnx`; here for people and for tests.</summary>
/// <param name="Kind">`ddim`.</param>
/// <param name="TrainTimesteps">Steps of the training schedule.</param>
/// <param name="InferenceTimesteps">Steps unrolled in the graph.</param>
/// <param name="Timesteps">The unrolled steps' time steps, first to last.</param>
/// <param name="BetaSchedule">`squaredcos_cap_v2`.</param>
/// <param name="PredictionType">`sample` or `epsilon`.</param>
/// <param name="ClipSampleRange">Predicted samples are clipped to plus and minus this.</param>
public sealed record SchedulerManifest(
    string Kind,
    int TrainTimesteps,
    int InferenceTimesteps,
    int[] Timesteps,
    string BetaSchedule,
    string PredictionType,
    double ClipSampleRange);

/// <summary>Shape of the decoder and of its KV cache: `[1, kv_heads, cache_length, head_dim]` for keys and for values, a pair a layer.</summary>
/// <param name="Layers">Pairs of key and value tensors.</param>
/// <param name="KeyValueHeads">Heads of keys and values.</param>
/// <param name="HeadDim">Numbers a head.</param>
/// <param name="CacheLength">Positions: the prompt's, then `max_phrase_tokens`.</param>
/// <param name="HiddenSize">D.</param>
/// <param name="CacheDtype">Element type of the cache.</param>
public sealed record DecoderManifest(
    int Layers,
    int KeyValueHeads,
    int HeadDim,
    int CacheLength,
    int HiddenSize,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] TensorDtype CacheDtype = TensorDtype.F32);

/// <summary>The graphs that all embodiments share.</summary>
public sealed record GraphsManifest(GraphManifest Backbone, GraphManifest Reasoning, GraphManifest Diffusion);

/// <summary>One ONNX file and what it takes and gives.</summary>
/// <param name="File">Path in the bundle, with forward slashes.</param>
/// <param name="Inputs">In any order.</param>
/// <param name="Outputs">In any order.</param>
/// <param name="SessionOptions">ONNX Runtime session configuration entries that this graph wants; usually none.</param>
public sealed record GraphManifest(
    string File,
    TensorManifest[] Inputs,
    TensorManifest[] Outputs,
    IReadOnlyDictionary<string, string> SessionOptions);

/// <summary>One input or output of a graph.</summary>
public sealed record TensorManifest(string Name, TensorDtype Dtype, long[] Shape);

/// <summary>Element types that graphs exchange, named as safetensors names them.</summary>
public enum TensorDtype
{
    F32,
    F16,
    I64,
    I32,
    U8,
    BF16,
}

/// <summary>One file of the bundle.</summary>
/// <param name="Path">Path in the bundle, with forward slashes.</param>
/// <param name="Bytes">Size. Unit: bytes.</param>
/// <param name="Sha256">64 lower-case hexadecimal digits.</param>
public sealed record FileManifest(string Path, long Bytes, string Sha256);

/// <summary>One arm that the policy can drive.</summary>
/// <param name="Name">Name of the folder under `embodiments`, and what a controller asks for.</param>
/// <param name="Profile">Path of the profile in the bundle: `embodiments/&lt;name&gt;/embodiment.json`.</param>
/// <param name="Graph">`latent [1, H, L]` and `joints [1, n]` to `trajectory [1, H, n + 1]`: joint positions (rad), then gripper width (m).</param>
public sealed record EmbodimentManifest(string Name, string Profile, GraphManifest Graph);

/// <summary>Kinds of instruction and numbers of objects that a policy was trained with: what demonstrations and evaluations ask of it by default.</summary>
/// <param name="Families">Kinds of instruction, by name.</param>
/// <param name="FewestObjects">On a table.</param>
/// <param name="MostObjects">On a table.</param>
/// <param name="Shapes">Of the objects, by name; null means cubes and cylinders.</param>
public sealed record TasksManifest(
    string[] Families, int FewestObjects, int MostObjects, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string[]? Shapes = null);
