using DiVLA.Control.ModelBuilder;
using DiVLA.Control.ModelBuilder.Graphs;
using DiVLA.Control.Policy.Embodiment;

namespace DiVLA.Control.Training;

/// <summary>The default policy's shape: about 3 M parameters.</summary>
internal static class TinyModel
{
    /// <summary>Configuration for a vocabulary and a table of latent scales `[H][7]`.</summary>
    public static ModelConfig Configure(int vocabularySize, double[][] latentRms) => new()
    {
        Architecture = ModelConfig.TinyArchitecture,
        HiddenSize = 128,
        NumHiddenLayers = 4,
        NumAttentionHeads = 4,
        NumKeyValueHeads = 2,
        HeadDim = 32,
        IntermediateSize = 352,
        VocabSize = vocabularySize,
        RmsNormEps = 1e-6,
        RopeTheta = 10000,
        TieWordEmbeddings = false,
        Vision = new VisionConfig([24, 48, 96], 16),
        Cameras = [new CameraConfig("front", 64, 64), new CameraConfig("wrist", 64, 64)],
        Prompt = new PromptConfig(14, 16, Data.Vocabulary.Pad, Data.Vocabulary.Eos, Data.Vocabulary.Unk),
        State = new StateConfig(ToolPoseState.Id, ToolPoseState.Size),
        Latent = new LatentConfig(Simulator.Arm.PandaProfile.LatentId, latentRms.Length, Data.Latent.Size, latentRms),
        Head = new HeadConfig(256, 512, 4, 128),
        Scheduler = new SchedulerConfig(100, 10, DdimSchedule.SquaredCosine, PredictionType.Sample, 5.0),
        ControlRateHz = 82,
        SamplePeriodTicks = Data.SampleGenerator.SamplePeriodTicks,
    };
}
