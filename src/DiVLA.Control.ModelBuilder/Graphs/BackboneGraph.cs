using DiVLA.Control.ModelBuilder.Onnx;
using DiVLA.Control.ModelBuilder.Onnx.Schema;
using DiVLA.Control.Policy.Bundle;

namespace DiVLA.Control.ModelBuilder.Graphs;

/// <summary>`backbone.onnx`: one prefill over prompt and draft phrase.</summary>
/// <remarks>
/// <code>
///  frames ─► vision stem ──────┐                                   ┌─► mean over the prompt ──► prompt_mean
///  instruction_tokens ─► embed ┤                                   ├─► masked mean over the draft ─► reasoning_mean
///  state ─► MLP ───────────────┼─► concat ─► Qwen2 decoder ─► hidden ┼─► phrase_hidden
///  draft_tokens ─► embed ──────┘                 │                 └─► lm_head ─► argmax ─► draft_argmax
///                                                └─► keys.i, values.i
///  one camera's vision tokens ─► linear ─► sigmoid ─► presence          (where the checkpoint has the head)
/// </code>
/// Positions: instruction, cameras, state, phrase. Attention is causal, so what the draft holds cannot touch the prompt.
/// </remarks>
internal sealed class BackboneGraph
{
    private readonly GraphBuilder _graph;
    private readonly ModelConfig _config;
    private readonly DecoderShape _shape;

    private BackboneGraph(GraphBuilder graph, ModelConfig config) => (_graph, _config, _shape) = (graph, config, DecoderShape.Of(config));

    /// <summary>Adds the whole stage to an empty graph.</summary>
    public static void Build(GraphBuilder graph, ModelConfig config) => new BackboneGraph(graph, config).Build();

    private void Build()
    {
        var phraseLength = _config.Prompt.MaxPhraseTokens;
        var frames = _graph.Input("frames", TensorDtype.U8, FramesShape);
        var instruction = _graph.Input("instruction_tokens", TensorDtype.I64, 1, _config.Prompt.InstructionTokens);
        var state = _graph.Input("state", TensorDtype.F32, 1, _config.State.Size);
        var draft = _graph.Input("draft_tokens", TensorDtype.I64, 1, phraseLength);
        var draftLength = _graph.Input("draft_length", TensorDtype.I64, 1);

        var vision = VisionStem.Build(_graph, _config, frames);
        var rows = _graph.Concat(
            "/embed",
            0,
            Embed("/embed/instruction", instruction, _config.Prompt.InstructionTokens),
            vision,
            StateRow(state),
            Embed("/embed/draft", draft, phraseLength));
        var decoder = new Qwen2Decoder(_graph, _shape, AttentionSpan.Whole(_graph, _config.CacheLength), RotaryTables.AddTo(_graph, "/rotary", Angles));
        var hidden = decoder.Run(rows);

        PromptMean(hidden);
        Phrase(hidden, draftLength);
        DraftArgMax(decoder, hidden);
        if (_config.Scene is { } scene) Presence(scene, vision);
        decoder.OutputCache("");
    }

    private long[] FramesShape => [1, _config.Cameras.Length, _config.Cameras[0].Height, _config.Cameras[0].Width, 3];

    private double[][] Angles => RotaryAngles.Sequential(_config.CacheLength, _config.HeadDim, _config.RopeTheta);

    private Value Embed(string path, Value tokens, int length) =>
        Qwen2Decoder.Embed(_graph, _shape, path, _graph.Reshape(path, tokens, length));

    private Value StateRow(Value state)
    {
        var hidden = _graph.Linear("/state/0", state, "state_embed.0", _config.State.Size, _config.HiddenSize);
        return _graph.Linear("/state/2", _graph.Silu("/state/1", hidden), "state_embed.2", _config.HiddenSize, _config.HiddenSize);
    }

    private void PromptMean(Value hidden)
    {
        var prompt = _graph.Slice("/prompt", hidden, 0, 0, _config.PromptLength);
        _graph.Output(_graph.ReduceMean("/prompt", prompt, 0), "prompt_mean", TensorDtype.F32, 1, _config.HiddenSize);
    }

    // Mean as a product with a row of ones and zeros; a draft of length 0 gives zeros, not a division by zero.
    private void Phrase(Value hidden, Value draftLength)
    {
        var length = _config.Prompt.MaxPhraseTokens;
        var phrase = _graph.Slice("/phrase", hidden, 0, _config.PromptLength, _config.CacheLength);
        var positions = _graph.Constant("/phrase/positions", [.. Enumerable.Range(0, length).Select(position => (long)position)], 1, length);
        var isDraft = _graph.Node("/phrase/mask", "Less", [positions, draftLength]);
        var sum = _graph.MatMul("/phrase/mean", _graph.Cast("/phrase/mask", isDraft, TensorProto.Types.DataType.Float), phrase);
        var atLeastOne = _graph.Node("/phrase/length", "Max", [draftLength, _graph.Integers(1)]);
        var divisor = _graph.Cast("/phrase/length", atLeastOne, TensorProto.Types.DataType.Float);
        _graph.Output(_graph.Node("/phrase/mean", "Div", [sum, divisor]), "reasoning_mean", TensorDtype.F32, 1, _config.HiddenSize);
        _graph.Output(
            _graph.Reshape("/phrase/hidden", phrase, 1, length, _config.HiddenSize), "phrase_hidden", TensorDtype.F32, 1, length, _config.HiddenSize);
    }

    private void DraftArgMax(Qwen2Decoder decoder, Value hidden)
    {
        var rows = _graph.Slice("/lm_head/rows", hidden, 0, _config.PromptLength - 1, _config.CacheLength);
        var tokens = decoder.GreedyTokens("/lm_head", rows);
        var count = _config.Prompt.MaxPhraseTokens + 1;
        _graph.Output(_graph.Reshape("/lm_head/tokens", tokens, 1, count), "draft_argmax", TensorDtype.I64, 1, count);
    }

    // sigmoid(W x + b) over one camera's tokens, position embedding included, row after row.
    private void Presence(SceneConfig scene, Value vision)
    {
        var (tokens, kinds) = (_config.Vision.TokensPerCamera, scene.Kinds.Length);
        var first = Array.FindIndex(_config.Cameras, camera => camera.Name == scene.Camera) * tokens;
        var picture = _graph.Reshape("/scene/tokens", _graph.Slice("/scene/tokens", vision, 0, first, first + tokens), 1, tokens * _config.HiddenSize);
        var logits = _graph.Linear("/scene/presence", picture, "scene.presence", tokens * _config.HiddenSize, kinds);
        _graph.Output(_graph.Node("/scene/presence", "Sigmoid", [logits]), "presence", TensorDtype.F32, 1, kinds);
    }
}
