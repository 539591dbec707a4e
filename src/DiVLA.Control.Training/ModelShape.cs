using DiVLA.Control.ModelBuilder;
using DiVLA.Control.ModelBuilder.Graphs;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Embodiment;
using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.Tasks;
using DiVLA.Control.Training.Data;

namespace DiVLA.Control.Training;

/// <summary>Sizes of the model; the default policy's unless said otherwise: 3.3 M parameters.</summary>
internal sealed record ModelShape
{
    private const int InstructionTokens = 14;
    private const int PhraseTokens = 16;
    private const int TokensPerCamera = 16;

    /// <summary>D, width of the decoder.</summary>
    public int HiddenSize { get; init; } = 128;

    public int NumHiddenLayers { get; init; } = 4;

    public int NumAttentionHeads { get; init; } = 4;

    public int NumKeyValueHeads { get; init; } = 2;

    public int HeadDim { get; init; } = 32;

    public int IntermediateSize { get; init; } = 352;

    public double RopeTheta { get; init; } = 10000;

    /// <summary>Channels of the three convolutions before the merge.</summary>
    public int[] StemChannels { get; init; } = [24, 48, 96];

    /// <summary>W, width of the diffusion head.</summary>
    public int HeadWidth { get; init; } = 256;

    public int HeadHidden { get; init; } = 512;

    public int HeadBlocks { get; init; } = 4;

    public int TimeEmbedding { get; init; } = 128;

    public int TrainTimesteps { get; init; } = 100;

    public int InferenceTimesteps { get; init; } = 10;

    public PredictionType PredictionType { get; init; } = PredictionType.Sample;

    /// <summary>Predicted latents are clipped to this magnitude while sampling.</summary>
    public double ClipSampleRange { get; init; } = 5;

    /// <summary>Every fault of the values, in words.</summary>
    public IEnumerable<string> Validate()
    {
        foreach (var (name, value) in Sizes())
            if (value < 1) yield return $"{name}: found {value}, expected at least 1";
        if (HeadDim % 2 != 0) yield return $"head_dim: found {HeadDim}, expected an even number";
        if (NumKeyValueHeads > 0 && NumAttentionHeads % NumKeyValueHeads != 0)
            yield return $"num_attention_heads: found {NumAttentionHeads}, expected a multiple of num_key_value_heads, {NumKeyValueHeads}";
        if (StemChannels.Length != 3) yield return $"stem_channels: found {StemChannels.Length} numbers, expected 3";
        if (InferenceTimesteps > TrainTimesteps) yield return $"inference_timesteps: found {InferenceTimesteps}, expected at most train_timesteps, {TrainTimesteps}";
        if (!(ClipSampleRange > 0)) yield return $"clip_sample_range: found {ClipSampleRange}, expected above 0";
    }

    /// <summary>The checkpoint's configuration.</summary>
    public ModelConfig Configure(int vocabularySize) => new()
    {
        Architecture = ModelConfig.TinyArchitecture,
        HiddenSize = HiddenSize,
        NumHiddenLayers = NumHiddenLayers,
        NumAttentionHeads = NumAttentionHeads,
        NumKeyValueHeads = NumKeyValueHeads,
        HeadDim = HeadDim,
        IntermediateSize = IntermediateSize,
        VocabSize = vocabularySize,
        RmsNormEps = 1e-6,
        RopeTheta = RopeTheta,
        TieWordEmbeddings = false,
        Vision = new VisionConfig(StemChannels, TokensPerCamera),
        Cameras = [new CameraConfig("front", 64, 64), new CameraConfig("wrist", 64, 64)],
        Prompt = new PromptConfig(InstructionTokens, PhraseTokens, Vocabulary.Pad, Vocabulary.Eos, Vocabulary.Unk),
        PhraseSlots = [new PhraseSlotConfig(PhraseSlot.Object, "target", 2), new PhraseSlotConfig(PhraseSlot.Bin, "put it in the", 1, ["left", "right"])],
        Scene = new SceneConfig("front", [.. Batch.KindNames]),
        State = new StateConfig(ToolPoseState.Id, ToolPoseState.Size),
        Latent = new LatentConfig(TaskSpaceTerms.LatentId, SampleGenerator.Horizon, Latent.Size, Latent.Scale),
        Head = new HeadConfig(HeadWidth, HeadHidden, HeadBlocks, TimeEmbedding),
        Scheduler = new SchedulerConfig(TrainTimesteps, InferenceTimesteps, DdimSchedule.SquaredCosine, PredictionType, ClipSampleRange),
        Tasks = new TasksManifest(
            [.. TaskScope.Full.Families.Select(InstructionGrammar.Name)], TaskScope.Full.FewestObjects, TaskScope.Full.MostObjects,
            [.. TaskScope.Full.Shapes.Select(shape => InstructionGrammar.Word(shape))]),
        ControlRateHz = 82,
        SamplePeriodTicks = SampleGenerator.SamplePeriodTicks,
    };

    private IEnumerable<(string Name, int Value)> Sizes() =>
    [
        ("hidden_size", HiddenSize), ("num_hidden_layers", NumHiddenLayers), ("num_attention_heads", NumAttentionHeads), ("num_key_value_heads", NumKeyValueHeads),
        ("head_dim", HeadDim), ("intermediate_size", IntermediateSize), ("head_width", HeadWidth), ("head_hidden", HeadHidden), ("head_blocks", HeadBlocks),
        ("time_embedding", TimeEmbedding), ("train_timesteps", TrainTimesteps), ("inference_timesteps", InferenceTimesteps),
    ];
}
