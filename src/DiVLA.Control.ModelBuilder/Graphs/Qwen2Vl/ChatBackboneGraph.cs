using DiVLA.Control.ModelBuilder.Onnx;
using DiVLA.Control.ModelBuilder.Onnx.Schema;
using DiVLA.Control.Policy.Bundle;

namespace DiVLA.Control.ModelBuilder.Graphs.Qwen2Vl;

/// <summary>`backbone.onnx` of a Qwen2-VL checkpoint: one prefill over pictures, instruction and draft phrase.</summary>
/// <remarks>
/// <code>
///  frames.0 ... frames.C-1 ─► vision tower ─┐                              ┌─► mean over the prompt ──► prompt_mean
///  constant text of the chat ─► embed ──────┤                              ├─► mean over the draft ───► reasoning_mean
///                                           ├─► concat ─► Qwen2 decoder ───┼─► rows of the phrase ────► phrase_hidden
///  text_tokens ─► embed ────────────────────┘                  │           └─► lm_head ─► argmax ─────► draft_argmax
///  text_length, draft_length: which rows are what              └─► keys.i, values.i
/// </code>
/// `text_tokens [1, I + P]`: the text behind the last picture, the draft right behind it, filling. Attention is causal, so the filling touches nothing.
/// Every place has a fixed rotary position (<see cref="PromptLayout"/>): the multimodal rotation is a table that the fused attention reads row by row.
/// </remarks>
internal sealed class ChatBackboneGraph
{
    private readonly GraphBuilder _graph;
    private readonly DecoderShape _decoder;
    private readonly PromptLayout _layout;

    private ChatBackboneGraph(GraphBuilder graph, DecoderShape decoder, PromptLayout layout) => (_graph, _decoder, _layout) = (graph, decoder, layout);

    /// <summary>Adds the whole stage to an empty graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="decoder">Sizes of the decoder; its cache has the layout's length.</param>
    /// <param name="vision">Sizes of the vision tower.</param>
    /// <param name="grids">Each camera's picture.</param>
    /// <param name="layout">What stands where.</param>
    /// <param name="angles">Rotary angles of each place, `[N][head_dim / 2]`.</param>
    public static void Build(
        GraphBuilder graph, DecoderShape decoder, VisionShape vision, IReadOnlyList<PictureGrid> grids, PromptLayout layout, double[][] angles) =>
        new ChatBackboneGraph(graph, decoder, layout).Build(vision, grids, angles);

    private void Build(VisionShape vision, IReadOnlyList<PictureGrid> grids, double[][] angles)
    {
        var frames = grids.Select((grid, camera) => _graph.Input($"frames.{camera}", TensorDtype.U8, grid.Height, grid.Width, VisionShape.Channels)).ToArray();
        var text = _graph.Input("text_tokens", TensorDtype.I64, 1, TextTokens);
        var textLength = _graph.Input("text_length", TensorDtype.I64, 1);
        var draftLength = _graph.Input("draft_length", TensorDtype.I64, 1);

        var rows = Rows(VisionTower.Build(_graph, vision, grids, frames), text);
        var decoder = new Qwen2Decoder(_graph, _decoder, AttentionSpan.Whole(_graph, _layout.Length), RotaryTables.AddTo(_graph, "/rotary", angles));
        var hidden = decoder.Run(rows);

        var promptLength = _graph.Add("/prompt/length", textLength, _graph.Integers(_layout.PrefixLength));
        Mean("/prompt/mean", hidden, _layout.Length, promptLength, "prompt_mean");
        Phrase(hidden, promptLength, draftLength);
        DraftArgMax(decoder, hidden, promptLength);
        decoder.OutputCache("");
    }

    private int TextTokens => _layout.TextTokens + _layout.PhraseTokens;

    private Value Rows(Value[] features, Value text)
    {
        var parts = _layout.Parts.Select((part, index) => part.Picture is { } picture
            ? features[picture]
            : Embed($"/embed/part.{index}", _graph.Constant($"/embed/part.{index}/tokens", Array.ConvertAll(part.Tokens, token => (long)token), part.Tokens.Length)));
        Value[] rows = [.. parts, Embed("/embed/text", _graph.Reshape("/embed/text", text, TextTokens))];
        return _graph.Concat("/embed", 0, rows);
    }

    private Value Embed(string path, Value tokens) => Qwen2Decoder.Embed(_graph, _decoder, path, tokens);

    // Rows of the phrase, and their mean as far as the draft goes; a draft of length 0 gives zeros, not a division by zero.
    private void Phrase(Value hidden, Value promptLength, Value draftLength)
    {
        var count = _layout.PhraseTokens;
        var phrase = _graph.Gather("/phrase", hidden, _graph.Add("/phrase/rows", promptLength, Range(0, count)));
        Mean("/phrase/mean", phrase, count, draftLength, "reasoning_mean");
        var rows = _graph.Reshape("/phrase/hidden", _graph.Widen("/phrase/hidden", phrase), 1, count, _decoder.HiddenSize);
        _graph.Output(rows, "phrase_hidden", TensorDtype.F32, 1, count, _decoder.HiddenSize);
    }

    // Mean over the first rows as a product with a row of 1 / length and zeros.
    private void Mean(string path, Value rows, int count, Value length, string output)
    {
        var isWithin = _graph.Node(path, "Less", [_graph.Reshape($"{path}/rows", Range(0, count), 1, count), length]);
        var mask = _graph.Cast($"{path}/mask", isWithin, TensorProto.Types.DataType.Float);
        var atLeastOne = _graph.Node(path, "Max", [length, _graph.Integers(1)]);
        var weights = _graph.Node($"{path}/weights", "Div", [mask, _graph.Cast($"{path}/length", atLeastOne, TensorProto.Types.DataType.Float)]);
        var mean = _graph.MatMul(path, weights, _graph.Widen(path, rows));
        _graph.Output(mean, output, TensorDtype.F32, 1, _decoder.HiddenSize);
    }

    // The row before the phrase, and each of the phrase's.
    private void DraftArgMax(Qwen2Decoder decoder, Value hidden, Value promptLength)
    {
        var count = _layout.PhraseTokens + 1;
        var rows = _graph.Gather("/lm_head/rows", hidden, _graph.Add("/lm_head/rows", promptLength, Range(-1, count)));
        var tokens = _graph.Reshape("/lm_head/tokens", decoder.GreedyTokens("/lm_head", rows), 1, count);
        _graph.Output(tokens, "draft_argmax", TensorDtype.I64, 1, count);
    }

    private Value Range(int first, int count) =>
        _graph.Constant($"/constants/range({first},{count})", [.. Enumerable.Range(first, count).Select(number => (long)number)], count);
}
