using DiVLA.Control.Policy.Embodiment;
using DiVLA.Control.Policy.Tokenizer;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Policy.Bundle.Checks;

/// <summary>Holds policy.json to itself and to what this runtime can run.</summary>
internal sealed class ManifestCheck
{
    private const string File = PolicyManifest.FileName;
    private const int MaxPixels = 4096;

    private readonly PolicyManifest _manifest;
    private readonly FaultList _faults;

    public ManifestCheck(PolicyManifest manifest, FaultList faults) => (_manifest, _faults) = (manifest, faults);

    public void Run()
    {
        Text("name", _manifest.Name);
        var revision = _manifest.ComputeRevision();
        Require(_manifest.Revision == revision, "revision", _manifest.Revision, $"{revision}, the hash of what this file says: it was changed after it was built");
        Text("license", _manifest.License);
        Text("architecture", _manifest.Architecture);
        Cameras();
        StateAndLatent();
        PromptAndTokens();
        Scheduler();
        TimeAndDecoder();
        Embodiments();
        Files();
    }

    private void Cameras()
    {
        var cameras = _manifest.Cameras;
        if (!Require(cameras.Length > 0, "cameras", "none", "at least one")) return;
        for (var index = 0; index < cameras.Length; index++)
        {
            var (camera, field) = (cameras[index], $"cameras[{index}]");
            Text($"{field}.name", camera.Name);
            Require(!cameras.Take(index).Any(other => other.Name == camera.Name), $"{field}.name", camera.Name, "a name of its own");
            Require(camera.Width is > 0 and <= MaxPixels, $"{field}.width", camera.Width, $"1 to {MaxPixels}");
            Require(camera.Height is > 0 and <= MaxPixels, $"{field}.height", camera.Height, $"1 to {MaxPixels}");
            var isWhole = camera.ResizedWidth > 0 == camera.ResizedHeight > 0 && camera.ResizedWidth <= MaxPixels && camera.ResizedHeight <= MaxPixels;
            Require(
                isWhole && camera.ResizedWidth >= 0 && camera.ResizedHeight >= 0,
                $"{field}.resized_width, resized_height", $"{camera.ResizedWidth} x {camera.ResizedHeight}", $"none, or each 1 to {MaxPixels}");
            if (_manifest.Prompt.Kind == PromptKind.Instruction) SameSize(camera, cameras[0], field);
        }
    }

    // All cameras share one tensor.
    private void SameSize(CameraManifest camera, CameraManifest first, string field)
    {
        Require(camera.PictureWidth == first.PictureWidth, $"{field}.width", camera.PictureWidth, $"{first.PictureWidth}, as the first camera's");
        Require(camera.PictureHeight == first.PictureHeight, $"{field}.height", camera.PictureHeight, $"{first.PictureHeight}, as the first camera's");
    }

    private void StateAndLatent()
    {
        var latent = _manifest.Latent;
        Require(latent.Horizon is > 0 and <= 256, "latent.horizon", latent.Horizon, "1 to 256");
        if (AffineMapping.IsStateId(_manifest.State.Id)) JointTerms(_manifest.State, latent);
        else RequireTaskSpace(_manifest.State, latent);
    }

    // Normalised joints: the statistics are part of the ids, which the profile must repeat.
    private void JointTerms(StateManifest state, LatentManifest latent)
    {
        const int Most = JointValues.Capacity + 1;
        Require(state.Size is > 0 and <= Most, "state.size", state.Size, $"1 to {Most}");
        Require(latent.Size is > 0 and <= Most, "latent.size", latent.Size, $"1 to {Most}");
        var prefix = AffineMapping.LatentPrefixFor(latent.Horizon, latent.Size);
        Require(latent.Id.StartsWith(prefix, StringComparison.Ordinal), "latent.id", latent.Id, $"{prefix}...");
        Require(latent.Rms.Length == 0, "latent.rms", $"{latent.Rms.Length} rows", "none: the latent is normalised joints");
    }

    private void RequireTaskSpace(StateManifest state, LatentManifest latent)
    {
        Require(state.Id == ToolPoseState.Id, "state.id", state.Id, ToolPoseState.Id);
        Require(state.Size == ToolPoseState.Size, "state.size", state.Size, $"{ToolPoseState.Size}");
        Require(latent.Size == TaskDisplacementLatent.Size, "latent.size", latent.Size, $"{TaskDisplacementLatent.Size}");
        Require(latent.Id == TaskSpaceTerms.LatentIdFor(latent.Horizon), "latent.id", latent.Id, TaskSpaceTerms.LatentIdFor(latent.Horizon));
        Require(latent.Rms.Length == latent.Horizon, "latent.rms", $"{latent.Rms.Length} rows", $"{latent.Horizon} rows");
        for (var sample = 0; sample < latent.Rms.Length; sample++)
        {
            var row = latent.Rms[sample];
            Require(row.Length == latent.Size, $"latent.rms[{sample}]", $"{row.Length} numbers", $"{latent.Size} numbers");
            Require(Array.TrueForAll(row, IsPositive), $"latent.rms[{sample}]", string.Join(", ", row), "finite numbers above 0");
        }
    }

    private void PromptAndTokens()
    {
        var (prompt, special) = (_manifest.Prompt, _manifest.SpecialTokens);
        Require(
            prompt.Template.Contains(PromptManifest.InstructionPlaceholder, StringComparison.Ordinal),
            "prompt.template", prompt.Template, $"a text with {PromptManifest.InstructionPlaceholder} in it");
        var pictures = prompt.Template.Split(PromptManifest.ImageToken).Length - 1;
        Require(
            prompt.Kind == PromptKind.Instruction || pictures == _manifest.Cameras.Length,
            "prompt.template", $"{pictures} pictures", $"one {PromptManifest.ImageToken} for each of the {_manifest.Cameras.Length} cameras, before the instruction");
        Require(prompt.InstructionTokens > 0, "prompt.instruction_tokens", prompt.InstructionTokens, "more than 0");
        Require(prompt.MaxPhraseTokens > 0, "prompt.max_phrase_tokens", prompt.MaxPhraseTokens, "more than 0");
        // Bytes leave nothing unknown.
        int[] ids = prompt.Kind == PromptKind.Chat ? [special.Pad, special.Eos] : [special.Pad, special.Eos, special.Unk];
        Require(ids.Min() >= 0 && ids.Distinct().Count() == ids.Length, "special_tokens", string.Join(", ", ids), "different ids from 0 up");
    }

    private void Scheduler()
    {
        var scheduler = _manifest.Scheduler;
        Require(scheduler.Kind == "ddim", "scheduler.kind", scheduler.Kind, "ddim");
        Require(scheduler.PredictionType is "sample" or "epsilon", "scheduler.prediction_type", scheduler.PredictionType, "sample or epsilon");
        Require(IsPositive(scheduler.ClipSampleRange), "scheduler.clip_sample_range", scheduler.ClipSampleRange, "a finite number above 0");
        Require(
            scheduler.InferenceTimesteps > 0 && scheduler.InferenceTimesteps <= scheduler.TrainTimesteps,
            "scheduler.inference_timesteps", scheduler.InferenceTimesteps, $"1 to {scheduler.TrainTimesteps}, the training's");
        var (steps, count) = (scheduler.Timesteps, scheduler.InferenceTimesteps);
        Require(steps.Length == count, "scheduler.timesteps", $"{steps.Length} steps", $"{count} steps");
        var areWithin = Array.TrueForAll(steps, step => step >= 0 && step < scheduler.TrainTimesteps);
        var areFalling = steps.Zip(steps.Skip(1)).All(pair => pair.First > pair.Second);
        Require(areWithin && areFalling, "scheduler.timesteps", string.Join(", ", steps), $"falling, within 0 to {scheduler.TrainTimesteps - 1}");
    }

    private void TimeAndDecoder()
    {
        var rate = _manifest.ControlRateHz;
        Require(IsPositive(rate) && rate <= 1000, "control_rate_hz", rate, "above 0, up to 1000");
        Require(_manifest.SamplePeriodTicks > 0, "sample_period_ticks", _manifest.SamplePeriodTicks, "more than 0");
        var decoder = _manifest.Decoder;
        Require(decoder.Layers > 0, "decoder.layers", decoder.Layers, "more than 0");
        Require(decoder.KeyValueHeads > 0, "decoder.key_value_heads", decoder.KeyValueHeads, "more than 0");
        Require(decoder.HeadDim > 0, "decoder.head_dim", decoder.HeadDim, "more than 0");
        Require(decoder.HiddenSize > 0, "decoder.hidden_size", decoder.HiddenSize, "more than 0");
        Require(
            _manifest.Precision is TensorDtype.F32 or TensorDtype.F16 or TensorDtype.BF16,
            "precision", PolicyManifest.NameOf(_manifest.Precision), "f32, f16 or bf16");
        Require(
            decoder.CacheDtype == _manifest.Precision,
            "decoder.cache_dtype", PolicyManifest.NameOf(decoder.CacheDtype), $"{PolicyManifest.NameOf(_manifest.Precision)}, as precision");
        var least = _manifest.Prompt.InstructionTokens + _manifest.Prompt.MaxPhraseTokens;
        Require(decoder.CacheLength > least, "decoder.cache_length", decoder.CacheLength, $"more than {least}: instruction, frames and phrase");
    }

    private void Embodiments()
    {
        var embodiments = _manifest.Embodiments;
        Require(embodiments.Length > 0, "embodiments", "none", "at least one");
        for (var index = 0; index < embodiments.Length; index++)
        {
            var (embodiment, field) = (embodiments[index], $"embodiments[{index}]");
            Text($"{field}.name", embodiment.Name);
            Require(!embodiments.Take(index).Any(other => other.Name == embodiment.Name), $"{field}.name", embodiment.Name, "a name of its own");
        }
    }

    private void Files()
    {
        var listed = _manifest.Files.Select(file => file.Path).ToList();
        for (var index = 0; index < listed.Count; index++)
            Require(listed.IndexOf(listed[index]) == index, $"files[{index}].path", listed[index], "each file once");
        foreach (var (field, path) in Referenced())
            Require(listed.Contains(path), field, path, "a file that is listed in files");
    }

    private IEnumerable<(string Field, string Path)> Referenced()
    {
        yield return ("files", TokenizerFile.FileName);
        yield return ("graphs.backbone.file", _manifest.Graphs.Backbone.File);
        yield return ("graphs.reasoning.file", _manifest.Graphs.Reasoning.File);
        yield return ("graphs.diffusion.file", _manifest.Graphs.Diffusion.File);
        for (var index = 0; index < _manifest.Embodiments.Length; index++)
        {
            yield return ($"embodiments[{index}].profile", _manifest.Embodiments[index].Profile);
            yield return ($"embodiments[{index}].graph.file", _manifest.Embodiments[index].Graph.File);
        }
    }

    private static bool IsPositive(double value) => double.IsFinite(value) && value > 0;

    private void Text(string field, string value) => Require(!string.IsNullOrWhiteSpace(value), field, $"'{value}'", "a text");

    private bool Require(bool condition, string field, object? found, string expected) =>
        _faults.Require(condition, File, field, found, expected);
}
