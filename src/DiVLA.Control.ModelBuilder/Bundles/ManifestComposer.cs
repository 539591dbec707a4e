using DiVLA.Control.ModelBuilder.Graphs;
using DiVLA.Control.Policy.Bundle;

namespace DiVLA.Control.ModelBuilder.Bundles;

/// <summary>Says in the manifest's terms what a checkpoint's configuration says in its own.</summary>
internal static class ManifestComposer
{
    public static PolicyManifest Compose(
        ModelConfig config, string name, string license, GraphsManifest graphs, EmbodimentManifest[] embodiments, FileManifest[] files) => new()
    {
        SchemaVersion = PolicyManifest.CurrentSchemaVersion,
        Name = name,
        Revision = BundleFiles.Revision(files),
        License = license,
        Architecture = config.Architecture,
        Cameras = Array.ConvertAll(config.Cameras, camera => new CameraManifest(camera.Name, camera.Width, camera.Height)),
        State = new StateManifest(config.State.Id, config.State.Size),
        Latent = new LatentManifest(config.Latent.Id, config.Latent.Horizon, config.Latent.Size, config.Latent.Rms),
        Prompt = new PromptManifest(PromptManifest.InstructionPlaceholder, config.Prompt.InstructionTokens, config.Prompt.MaxPhraseTokens),
        SpecialTokens = new SpecialTokensManifest(config.Prompt.PadTokenId, config.Prompt.EosTokenId, config.Prompt.UnkTokenId),
        PhraseSlots = Array.ConvertAll(config.PhraseSlots, slot => new PhraseSlotManifest(slot.Name, slot.After, slot.Words, slot.Values)),
        Scene = config.Scene is { } scene ? new SceneManifest(scene.Camera, scene.Kinds) : null,
        Scheduler = Scheduler(config.Scheduler),
        ControlRateHz = config.ControlRateHz,
        SamplePeriodTicks = config.SamplePeriodTicks,
        Decoder = new DecoderManifest(
            config.NumHiddenLayers, config.NumKeyValueHeads, config.HeadDim, config.CacheLength, config.HiddenSize),
        Tasks = config.Tasks,
        Graphs = graphs,
        Files = files,
        Embodiments = embodiments,
    };

    private static SchedulerManifest Scheduler(SchedulerConfig config) => new(
        "ddim",
        config.TrainTimesteps,
        config.InferenceTimesteps,
        [.. new DdimSchedule(config).Timesteps],
        config.BetaSchedule,
        config.PredictionType == PredictionType.Sample ? "sample" : "epsilon",
        config.ClipSampleRange);
}
