using DiVLA.Control.ModelBuilder;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DiVLA.Control.Training.Modules;

/// <summary>Pictures, instruction, state and phrase to hidden states and next words.</summary>
internal sealed class Backbone : nn.Module
{
    private readonly ModelConfig _config;
    private readonly VisionTower _vision;
    private readonly Linear[] _stateEmbed;
    private readonly Embedding _tokens;
    private readonly DecoderLayer[] _layers;
    private readonly RmsNorm _norm;
    private readonly Linear _lmHead;
    private readonly Tensor _cos;
    private readonly Tensor _sin;
    private readonly Tensor _mask;

    public Backbone(ModelConfig config) : base("backbone")
    {
        _config = config;
        var d = config.HiddenSize;
        register_module("vision", _vision = new VisionTower(config));
        _stateEmbed = [nn.Linear(config.State.Size, d), nn.Linear(d, d)];
        register_module("state_embed/0", _stateEmbed[0]);
        register_module("state_embed/2", _stateEmbed[1]);
        register_module("model/embed_tokens", _tokens = nn.Embedding(config.VocabSize, d));
        _layers = [.. Enumerable.Range(0, config.NumHiddenLayers).Select(_ => new DecoderLayer(config))];
        for (var i = 0; i < _layers.Length; i++) register_module($"model/layers/{i}", _layers[i]);
        register_module("model/norm", _norm = new RmsNorm(d, config.RmsNormEps));
        register_module("lm_head", _lmHead = nn.Linear(d, config.VocabSize, hasBias: false));
        (_cos, _sin) = RotaryTables(config);
        var causal = full(config.CacheLength, config.CacheLength, float.NegativeInfinity).triu(1);
        _mask = cat([.. Enumerable.Repeat(causal, config.NumAttentionHeads / config.NumKeyValueHeads)]).DetachFromDisposeScope();
    }

    /// <summary>Runs prompt and phrase in one pass.</summary>
    /// <param name="batch">frames [B, C, 64, 64, 3], instruction [B, 14], state [B, 11], phrase [B, P].</param>
    public BackboneOutput Forward(PolicyInputs batch)
    {
        var pictures = _vision.Forward(batch.Frames);                                        // [B, C, 16, D]
        var state = _stateEmbed[1].forward(nn.functional.silu(_stateEmbed[0].forward(batch.State))).unsqueeze(1);
        var hidden = cat([_tokens.forward(batch.Instruction), pictures.flatten(1, 2), state, _tokens.forward(batch.Phrase)], 1); // [B, T, D]
        foreach (var layer in _layers) hidden = layer.Forward(hidden, _cos, _sin, _mask);
        hidden = _norm.Forward(hidden);
        var prompt = hidden[.., .._config.PromptLength];                                     // [B, 47, D]
        var phrase = hidden[.., _config.PromptLength..];                                     // [B, P, D]
        var logits = _lmHead.forward(hidden[.., (_config.PromptLength - 1)..]);              // [B, P + 1, V]
        return new BackboneOutput(pictures, prompt.mean([1]), MaskedMean(phrase, batch.PhraseMask), logits, phrase);
    }

    private static Tensor MaskedMean(Tensor hidden, Tensor mask) =>
        (hidden * mask.unsqueeze(2)).sum(1) / mask.sum(1, keepdim: true).clamp_min(1);

    private static (Tensor Cos, Tensor Sin) RotaryTables(ModelConfig config)
    {
        var inverse = pow(config.RopeTheta, arange(0, config.HeadDim, 2, ScalarType.Float64) / -config.HeadDim);
        var angles = arange(config.CacheLength, ScalarType.Float64).unsqueeze(1) * inverse.unsqueeze(0); // [T, 16]
        var both = cat([angles, angles], 1);                                                                // [T, 32]
        return (both.cos().to(ScalarType.Float32).DetachFromDisposeScope(), both.sin().to(ScalarType.Float32).DetachFromDisposeScope());
    }
}

/// <summary>What the policy sees. Frames uint8 [B, C, 64, 64, 3], Instruction [B, 14], State [B, 11], Phrase [B, P], PhraseMask float [B, P].</summary>
internal sealed record PolicyInputs(Tensor Frames, Tensor Instruction, Tensor State, Tensor Phrase, Tensor PhraseMask);

/// <summary>Pictures [B, C, 16, D], PromptMean [B, D], ReasoningMean [B, D], Logits [B, P + 1, V], PhraseHidden [B, P, D].</summary>
internal sealed record BackboneOutput(Tensor Pictures, Tensor PromptMean, Tensor ReasoningMean, Tensor Logits, Tensor PhraseHidden);
