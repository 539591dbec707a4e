using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Onnx;

namespace DiVLA.Control.Policy.Reasoning;

/// <summary>Greedy decoding over `reasoning.onnx`, one token a step, in a KV cache that each step extends in place.</summary>
/// <remarks>
/// Two bindings take turns: what one step says is what the next one reads, without passing through the host. Running a step twice changes nothing, so
/// its kernels can be recorded.
/// </remarks>
internal sealed class TokenDecoder : IDisposable
{
    private readonly GraphTensor<long>[] _tokens;
    private readonly GraphRunner[] _runners;
    private readonly GraphTensor<long> _position;
    private readonly int _endToken;
    private int _turn;

    public TokenDecoder(OnnxGraph graph, PolicyManifest manifest, KeyValueCache cache)
    {
        Cache = cache;
        _endToken = manifest.SpecialTokens.Eos;
        Hidden = new GraphTensor<float>(graph.Device, 1, manifest.Decoder.HiddenSize);
        _position = new GraphTensor<long>(graph.Device, 1);
        _tokens = [new GraphTensor<long>(graph.Device, 1, 1), new GraphTensor<long>(graph.Device, 1, 1)];
        _runners = [Bind(graph, _tokens[0], _tokens[1]), Bind(graph, _tokens[1], _tokens[0])];
    }

    /// <summary>Filled by a prefill up to where decoding begins.</summary>
    public KeyValueCache Cache { get; }

    /// <summary>`[1, D]`, of the last step.</summary>
    public GraphTensor<float> Hidden { get; }

    /// <summary>Decodes from <paramref name="next"/> on until the model ends the phrase or the phrase is full.</summary>
    /// <param name="phrase">All of a phrase's places; the first <paramref name="length"/> hold tokens that are in the cache.</param>
    /// <param name="promptLength">Positions before the phrase's first token.</param>
    /// <param name="length">Tokens kept.</param>
    /// <param name="next">What the model says after them.</param>
    /// <param name="pin">What an operator forces; null where nothing.</param>
    public DecodedPhrase Continue(Span<int> phrase, int promptLength, int length, int next, PinConstraint? pin)
    {
        var isFinite = true;
        next = PinConstraint.Choose(pin, phrase[..length], next);
        while (next != _endToken && length < phrase.Length && isFinite)
        {
            phrase[length] = next;
            next = Step(next, promptLength + length);
            length++;
            next = PinConstraint.Choose(pin, phrase[..length], next);
            isFinite = Finite.All(Hidden.Span);
        }
        return new DecodedPhrase(length, next == _endToken, isFinite);
    }

    /// <summary>Runs one step: writes the token's keys and values at its position and says what follows.</summary>
    public int Step(int token, int position)
    {
        var (input, output) = (_tokens[_turn], _tokens[1 - _turn]);
        Say(input, token);
        _position.Span[0] = position;
        _position.Upload();
        _runners[_turn].Run();
        _turn = 1 - _turn;
        output.Download();
        Hidden.Download();
        return (int)output.Span[0];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var runner in _runners) runner.Dispose();
        foreach (var token in _tokens) token.Dispose();
        _position.Dispose();
        Hidden.Dispose();
    }

    private GraphRunner Bind(OnnxGraph graph, GraphTensor<long> input, GraphTensor<long> output) => new(
        graph,
        [("token", input), ("position", _position), .. Cache.Named("past_")],
        [("hidden", Hidden), ("next_token", output), .. Cache.Named("present_")]);

    // What the graph said lies where it reads next; only a token of an operator's choice, or the first one, is brought there.
    private static void Say(GraphTensor<long> input, int token)
    {
        if (input.Span[0] == token) return;
        input.Span[0] = token;
        input.Upload();
    }
}

/// <summary>How decoding ended.</summary>
/// <param name="Length">Tokens of the phrase, kept ones included.</param>
/// <param name="IsEnded">The model ended it; otherwise it was cut at the greatest length.</param>
/// <param name="IsFinite">Every hidden state was finite.</param>
internal readonly record struct DecodedPhrase(int Length, bool IsEnded, bool IsFinite);
