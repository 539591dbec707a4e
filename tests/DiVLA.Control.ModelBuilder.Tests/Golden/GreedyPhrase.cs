using DiVLA.Control.ModelBuilder.Graphs;
using DiVLA.Control.TestSupport;

namespace DiVLA.Control.ModelBuilder.Tests.Golden;

/// <summary>Greedy decoding over the reasoning graph, from the cache that a backbone session holds; past and present are one buffer.</summary>
internal sealed class GreedyPhrase
{
    private readonly GraphSession _backbone;
    private readonly GraphSession _reasoning;
    private readonly DecoderShape _decoder;

    public GreedyPhrase(GraphSession backbone, GraphSession reasoning, DecoderShape decoder)
    {
        (_backbone, _reasoning, _decoder) = (backbone, reasoning, decoder);
        for (var layer = 0; layer < decoder.Layers; layer++)
            foreach (var part in (string[])["keys", "values"])
                reasoning.Share($"present_{part}.{layer}", $"past_{part}.{layer}");
    }

    /// <summary>Ids of all tokens said; hidden states and logits of every step, one a token but the last.</summary>
    public (long[] Ids, float[] Hidden, float[] Logits) Decode(int promptLength, int count)
    {
        for (var layer = 0; layer < _decoder.Layers; layer++)
            foreach (var part in (string[])["keys", "values"])
                _reasoning.Set<byte>($"past_{part}.{layer}", _backbone.Buffer<byte>($"{part}.{layer}"));
        var ids = new List<long> { _backbone.Buffer<long>("draft_argmax")[0] };
        var (hidden, logits) = (new List<float>(), new List<float>());
        for (; ids.Count < count; ids.Add(_reasoning.Buffer<long>("next_token")[0]))
        {
            _reasoning.Set<long>("token", [ids[^1]]);
            _reasoning.Set<long>("position", [promptLength + ids.Count - 1]);
            _reasoning.Run();
            hidden.AddRange(_reasoning.Buffer<float>("hidden"));
            logits.AddRange(_reasoning.Buffer<float>("/lm_head/Gemm/output"));
        }
        return ([.. ids], [.. hidden], [.. logits]);
    }
}
