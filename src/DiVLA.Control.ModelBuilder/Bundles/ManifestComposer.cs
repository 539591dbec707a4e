using DiVLA.Control.ModelBuilder.Checkpoints.Published;
using DiVLA.Control.ModelBuilder.Graphs;
using DiVLA.Control.Policy.Bundle;

namespace DiVLA.Control.ModelBuilder.Bundles;

/// <summary>Says in the manifest's terms what a checkpoint's configuration says in its own. Name, revision and files are left open.</summary>
internal static class ManifestComposer
{
    /// <summary>Of a checkpoint that was trained here.</summary>
    public static PolicyManifest Compose(ModelConfig config, string license, GraphsManifest graphs, EmbodimentManifest[] embodiments) => new()
    {
        SchemaVersion = PolicyManifest.CurrentSchemaVersion,
        Name = "",
        Revision = "",
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
        Files = [],
        Embodiments = embodiments,
    };

    /// <summary>Of a published checkpoint.</summary>
    public static PolicyManifest Compose(
        PublishedModel model, PublishedArm arm, TensorDtype precision, string license, GraphsManifest graphs, EmbodimentManifest embodiment) => new()
    {
        SchemaVersion = PolicyManifest.CurrentSchemaVersion,
        Name = "",
        Revision = "",
        License = license,
        Architecture = model.Architecture,
        Cameras = [.. model.Cameras],
        State = arm.State,
        Latent = arm.Latent,
        Prompt = new PromptManifest(model.Template, model.Backbone.Layout.TextTokens, model.Backbone.Layout.PhraseTokens, PromptKind.Chat),
        SpecialTokens = model.SpecialTokens,
        Scheduler = Scheduler(model.Head.Scheduler),
        // The dataset's actions are a sample each, whatever rate the arm is driven at.
        ControlRateHz = arm.ActionRateHz,
        SamplePeriodTicks = 1,
        Decoder = model.Backbone.DecoderManifest(precision),
        Precision = precision,
        Graphs = graphs,
        Files = [],
        Embodiments = [embodiment],
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
