namespace DiVLA.Control.Policy.Bundle.Checks;

/// <summary>What the runtime binds to each graph: the tables of `docs/model.md`, with this bundle's sizes.</summary>
internal sealed class GraphContract
{
    private readonly PolicyManifest _manifest;

    public GraphContract(PolicyManifest manifest) => _manifest = manifest;

    public GraphSignature Backbone => new(
        [.. _manifest.Prompt.Kind == PromptKind.Chat ? ChatInputs : InstructionInputs, I64("draft_length", 1)],
        [
            Mean("prompt_mean"),
            I64("draft_argmax", 1, Phrase + 1),
            Mean("reasoning_mean"),
            F32("phrase_hidden", 1, Phrase, Width),
            .. Presence,
            .. Cache(""),
        ]);

    public GraphSignature Reasoning => new(
        [I64("token", 1, 1), I64("position", 1), .. Cache("past_")],
        [Mean("hidden"), I64("next_token", 1, 1), .. Cache("present_")]);

    public GraphSignature Diffusion => new([Mean("prompt_mean"), Mean("reasoning_mean"), State, Latent("noise")], [Latent("latent")]);

    private IEnumerable<TensorManifest> InstructionInputs =>
    [
        U8("frames", 1, _manifest.Cameras.Length, _manifest.Cameras[0].PictureHeight, _manifest.Cameras[0].PictureWidth, 3),
        I64("instruction_tokens", 1, _manifest.Prompt.InstructionTokens),
        State,
        I64("draft_tokens", 1, Phrase),
    ];

    private IEnumerable<TensorManifest> ChatInputs =>
    [
        .. _manifest.Cameras.Select((camera, index) => U8($"frames.{index}", camera.PictureHeight, camera.PictureWidth, 3)),
        I64("text_tokens", 1, _manifest.Prompt.InstructionTokens + Phrase),
        I64("text_length", 1),
    ];

    private int Phrase => _manifest.Prompt.MaxPhraseTokens;

    private int Width => _manifest.Decoder.HiddenSize;

    private IEnumerable<TensorManifest> Presence => _manifest.Scene is { } scene ? [F32("presence", 1, scene.Kinds.Length)] : [];

    private TensorManifest State => F32("state", 1, _manifest.State.Size);

    public GraphSignature Embodiment(int joints) => new(
        [Latent("latent"), F32("joints", 1, joints)],
        [F32("trajectory", 1, _manifest.Latent.Horizon, joints + 1)]);

    private IEnumerable<TensorManifest> Cache(string prefix)
    {
        var decoder = _manifest.Decoder;
        long[] shape = [1, decoder.KeyValueHeads, decoder.CacheLength, decoder.HeadDim];
        for (var layer = 0; layer < decoder.Layers; layer++)
        {
            yield return new TensorManifest($"{prefix}keys.{layer}", decoder.CacheDtype, shape);
            yield return new TensorManifest($"{prefix}values.{layer}", decoder.CacheDtype, shape);
        }
    }

    private TensorManifest Latent(string name) => F32(name, 1, _manifest.Latent.Horizon, _manifest.Latent.Size);

    private TensorManifest Mean(string name) => F32(name, 1, Width);

    private static TensorManifest F32(string name, params long[] shape) => new(name, TensorDtype.F32, shape);

    private static TensorManifest I64(string name, params long[] shape) => new(name, TensorDtype.I64, shape);

    private static TensorManifest U8(string name, params long[] shape) => new(name, TensorDtype.U8, shape);
}

/// <summary>Inputs and outputs of a graph, in any order.</summary>
internal sealed record GraphSignature(IReadOnlyList<TensorManifest> Inputs, IReadOnlyList<TensorManifest> Outputs);
