using DiVLA.Control.ModelBuilder.Graphs;

namespace DiVLA.Control.ModelBuilder.Checkpoints;

/// <summary>Whether the graph builders can make what a configuration asks for.</summary>
internal static class ModelConfigCheck
{
    /// <summary>All that is wrong: field, found, needed.</summary>
    public static IEnumerable<string> Faults(ModelConfig config) =>
        Sizes(config).Concat(Decoder(config)).Concat(Vision(config)).Concat(Scene(config)).Concat(Latent(config)).Concat(Scheduler(config));

    private static IEnumerable<string> Sizes(ModelConfig config)
    {
        (string Field, double Value)[] positives =
        [
            ("hidden_size", config.HiddenSize), ("num_hidden_layers", config.NumHiddenLayers), ("num_attention_heads", config.NumAttentionHeads),
            ("num_key_value_heads", config.NumKeyValueHeads), ("head_dim", config.HeadDim), ("intermediate_size", config.IntermediateSize),
            ("vocab_size", config.VocabSize), ("rms_norm_eps", config.RmsNormEps), ("rope_theta", config.RopeTheta),
            ("prompt.instruction_tokens", config.Prompt.InstructionTokens), ("prompt.max_phrase_tokens", config.Prompt.MaxPhraseTokens),
            ("state.size", config.State.Size), ("latent.horizon", config.Latent.Horizon), ("latent.size", config.Latent.Size),
            ("head.width", config.Head.Width), ("head.hidden", config.Head.Hidden), ("head.blocks", config.Head.Blocks),
            ("head.time_embedding", config.Head.TimeEmbedding), ("control_rate_hz", config.ControlRateHz),
            ("sample_period_ticks", config.SamplePeriodTicks), ("scheduler.clip_sample_range", config.Scheduler.ClipSampleRange),
        ];
        return positives.Where(field => !(field.Value > 0)).Select(field => $"{field.Field}: is {field.Value}, more than 0 is needed.");
    }

    private static IEnumerable<string> Decoder(ModelConfig config)
    {
        if (config.Architecture != ModelConfig.TinyArchitecture)
            yield return $"architecture: '{config.Architecture}' is unknown, '{ModelConfig.TinyArchitecture}' was expected.";
        if (config.NumKeyValueHeads > 0 && config.NumAttentionHeads % config.NumKeyValueHeads != 0)
            yield return $"num_key_value_heads: {config.NumKeyValueHeads} does not divide num_attention_heads, {config.NumAttentionHeads}.";
        if (config.HeadDim % 16 != 0)
            yield return $"head_dim: is {config.HeadDim}, a multiple of 16 is needed by the fused attention.";
        foreach (var (field, id) in new[] { ("pad", config.Prompt.PadTokenId), ("eos", config.Prompt.EosTokenId), ("unk", config.Prompt.UnkTokenId) })
            if (id < 0 || id >= config.VocabSize) yield return $"prompt.{field}_token_id: {id} is outside the vocabulary of {config.VocabSize}.";
    }

    private static IEnumerable<string> Vision(ModelConfig config)
    {
        if (config.Cameras.Length == 0) yield return "cameras: there is none, at least one is needed.";
        var stride = 2 << config.Vision.StemChannels.Length;
        foreach (var camera in config.Cameras)
        {
            if ((camera.Width, camera.Height) != (config.Cameras[0].Width, config.Cameras[0].Height))
                yield return $"cameras: '{camera.Name}' is {camera.Width} x {camera.Height}, all must have the size of '{config.Cameras[0].Name}'.";
            if (camera.Width % stride != 0 || camera.Height % stride != 0)
                yield return $"cameras: '{camera.Name}' is {camera.Width} x {camera.Height}, multiples of {stride} are needed.";
            else if (camera.Width / stride * (camera.Height / stride) != config.Vision.TokensPerCamera)
                yield return $"vision.tokens_per_camera: is {config.Vision.TokensPerCamera}, "
                    + $"'{camera.Name}' gives {camera.Width / stride * (camera.Height / stride)}.";
        }
    }

    private static IEnumerable<string> Scene(ModelConfig config)
    {
        if (config.Scene is not { } scene) yield break;
        if (config.Cameras.All(camera => camera.Name != scene.Camera)) yield return $"scene.camera: there is no camera '{scene.Camera}'.";
        if (scene.Kinds.Length == 0) yield return "scene.kinds: there is none, at least one is needed.";
    }

    private static IEnumerable<string> Latent(ModelConfig config)
    {
        if (config.Latent.Size < 2) yield return $"latent.size: is {config.Latent.Size}, motion and gripper need at least 2.";
        if (config.Latent.Rms.Length != config.Latent.Horizon || config.Latent.Rms.Any(row => row.Length != config.Latent.Size))
            yield return $"latent.rms: is not [{config.Latent.Horizon}, {config.Latent.Size}].";
        else if (config.Latent.Rms.Any(row => row.Any(value => !(value > 0 && double.IsFinite(value)))))
            yield return "latent.rms: has a number that is not positive and finite.";
    }

    private static IEnumerable<string> Scheduler(ModelConfig config)
    {
        if (config.Scheduler.BetaSchedule != DdimSchedule.SquaredCosine)
            yield return $"scheduler.beta_schedule: '{config.Scheduler.BetaSchedule}' is unknown, '{DdimSchedule.SquaredCosine}' was expected.";
        if (config.Scheduler.InferenceTimesteps < 1 || config.Scheduler.TrainTimesteps % config.Scheduler.InferenceTimesteps != 0)
            yield return $"scheduler.inference_timesteps: {config.Scheduler.InferenceTimesteps} does not divide "
                + $"train_timesteps, {config.Scheduler.TrainTimesteps}.";
        if (config.Head.TimeEmbedding % 2 != 0 || config.Head.TimeEmbedding < 4)
            yield return $"head.time_embedding: is {config.Head.TimeEmbedding}, an even number from 4 is needed.";
    }
}
