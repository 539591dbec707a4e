using DiVLA.Control.ModelBuilder;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Robot;

namespace DiVLA.Control.TestSupport;

/// <summary>Configurations of the default architecture.</summary>
public static class TestConfigs
{
    /// <summary>The default policy's own sizes.</summary>
    public static ModelConfig Default => new()
    {
        Architecture = ModelConfig.TinyArchitecture,
        HiddenSize = 128,
        NumHiddenLayers = 4,
        NumAttentionHeads = 4,
        NumKeyValueHeads = 2,
        HeadDim = 32,
        IntermediateSize = 352,
        VocabSize = TestTokenizer.Words.Count,
        RmsNormEps = 1e-6,
        RopeTheta = 10000,
        TieWordEmbeddings = false,
        Vision = new VisionConfig([24, 48, 96], 16),
        Cameras = [new CameraConfig("front", 64, 64), new CameraConfig("wrist", 64, 64)],
        Prompt = new PromptConfig(14, 16, 0, 1, 2),
        State = new StateConfig(TaskSpaceTerms.StateId, 11),
        Latent = new LatentConfig(TaskSpaceTerms.LatentId, 16, 7, LatentRms),
        Head = new HeadConfig(256, 512, 4, 128),
        Scheduler = new SchedulerConfig(100, 10, "squaredcos_cap_v2", PredictionType.Sample, 5.0),
        ControlRateHz = 82,
        SamplePeriodTicks = 4,
    };

    /// <summary>As the default, with phrases that can be pinned and a head that sees which objects are there.</summary>
    public static ModelConfig Steerable => Default with
    {
        PhraseSlots = [new PhraseSlotConfig(PhraseSlot.Object, "target", 2), new PhraseSlotConfig(PhraseSlot.Bin, "put it in the", 1, ["left", "right"])],
        Scene = new SceneConfig("front", ["red cube", "blue cube", "blue cylinder"]),
    };

    /// <summary>Another shape in every size, so that nothing can be right by coincidence; three cameras, tied embeddings, a presence head.</summary>
    public static ModelConfig Odd => Default with
    {
        HiddenSize = 96,
        NumHiddenLayers = 3,
        NumAttentionHeads = 6,
        NumKeyValueHeads = 3,
        HeadDim = 16,
        IntermediateSize = 200,
        RmsNormEps = 1e-5,
        RopeTheta = 500,
        TieWordEmbeddings = true,
        Vision = new VisionConfig([8, 16, 40], 6),
        Cameras = [new CameraConfig("left", 48, 32), new CameraConfig("right", 48, 32), new CameraConfig("wrist", 48, 32)],
        Prompt = new PromptConfig(9, 12, 0, 1, 2),
        Scene = new SceneConfig("right", ["red cube", "green cylinder", "blue cube", "orange cube", "purple cylinder"]),
        Head = new HeadConfig(96, 160, 3, 32),
        Scheduler = new SchedulerConfig(100, 5, "squaredcos_cap_v2", PredictionType.Epsilon, 2.0),
    };

    // Grows over the horizon as real displacements do.
    private static double[][] LatentRms =>
        [.. Enumerable.Range(1, 16).Select(h => new[] { 0.005 * h, 0.01 * h, 0.009 * h, 0.004 * h, 0.004 * h, 0.008 * h, 1.0 })];
}
