using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Onnx;

namespace DiVLA.Control.Policy.Reasoning;

/// <summary>Greedy decoding over `reasoning.onnx`, one token a step, in a KV cache that each step extends in place.</summary>
internal sealed class TokenDecoder : IDisposable
{
    private readonly GraphTensor<long> _token = new(1, 1);
    private readonly GraphTensor<long> _position = new(1);
    private readonly GraphTensor<long> _nextToken = new(1, 1);
    private readonly GraphRunner _runner;
    private readonly int _endToken;

    public TokenDecoder(OnnxGraph graph, PolicyManifest manifest, KeyValueCache cache)
    {
        Cache = cache;
        _endToken = manifest.SpecialTokens.Eos;
        Hidden = new GraphTensor<float>(1, manifest.Decoder.HiddenSize);
        _runner = new GraphRunner(
            graph,
            [("token", _token), ("position", _position), .. cache.Named("past_")],
            [("hidden", Hidden), ("next_token", _nextToken), .. cache.Named("present_")]);
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
        _token.Span[0] = token;
        _position.Span[0] = position;
        _runner.Run();
        return (int)_nextToken.Span[0];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _runner.Dispose();
        _token.Dispose();
        _position.Dispose();
        _nextToken.Dispose();
        Hidden.Dispose();
    }
}

/// <summary>How decoding ended.</summary>
/// <param name="Length">Tokens of the phrase, kept ones included.</param>
/// <param name="IsEnded">The model ended it; otherwise it was cut at the greatest length.</param>
/// <param name="IsFinite">Every hidden state was finite.</param>
internal readonly record struct DecodedPhrase(int Length, bool IsEnded, bool IsFinite);
