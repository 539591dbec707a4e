using DiVLA.Control.TestSupport;

namespace DiVLA.Control.ModelBuilder.Tests.Reference;

/// <summary>`docs/model.md`, section Backbone.</summary>
internal sealed class ReferenceBackbone
{
    private readonly ReferenceDecoder _decoder;

    public ReferenceBackbone(ModelConfig config, ReferenceWeights weights, PolicyInputs inputs)
    {
        double[] Embed(long token) => weights["model.embed_tokens.weight"][(int)(token * config.HiddenSize)..(int)((token + 1) * config.HiddenSize)];
        var vision = ReferenceVision.Tokens(config, weights, inputs.Frames);
        var state = weights.Linear("state_embed.2", Rows.Silu(weights.Linear("state_embed.0", Array.ConvertAll(inputs.State, value => (double)value))));
        double[][] rows =
        [
            .. inputs.InstructionTokens.Select(Embed), .. vision, state, .. inputs.DraftTokens.Select(Embed),
        ];
        _decoder = new ReferenceDecoder(config, weights);
        var hidden = _decoder.Run(rows);
        PromptMean = Rows.Mean(hidden[..config.PromptLength], config.HiddenSize);
        PhraseHidden = hidden[config.PromptLength..];
        ReasoningMean = Rows.Mean(PhraseHidden[..(int)inputs.DraftLength[0]], config.HiddenSize);
        Presence = config.Scene is { } scene ? Sigmoid(weights.Linear("scene.presence", Picture(config, scene, vision))) : [];
        DraftArgMax = Array.ConvertAll(hidden[(config.PromptLength - 1)..], row => (long)_decoder.NextToken(row));
    }

    public double[] PromptMean { get; }

    public double[] ReasoningMean { get; }

    public double[][] PhraseHidden { get; }

    public double[] Presence { get; }

    public long[] DraftArgMax { get; }

    /// <summary>Rotated keys of a layer in the graph's order: head, position, feature.</summary>
    public double[] Keys(ModelConfig config, int layer) => ByHead(config, _decoder.Keys[layer]);

    /// <summary>Values of a layer in the graph's order: head, position, feature.</summary>
    public double[] Values(ModelConfig config, int layer) => ByHead(config, _decoder.Values[layer]);

    private static double[] Picture(ModelConfig config, SceneConfig scene, double[][] vision)
    {
        var camera = Array.FindIndex(config.Cameras, camera => camera.Name == scene.Camera);
        return [.. vision.Skip(camera * config.Vision.TokensPerCamera).Take(config.Vision.TokensPerCamera).SelectMany(row => row)];
    }

    private static double[] Sigmoid(double[] x) => Array.ConvertAll(x, value => 1 / (1 + Math.Exp(-value)));

    private static double[] ByHead(ModelConfig config, double[][] rows) =>
        [.. Enumerable.Range(0, config.NumKeyValueHeads).SelectMany(head => rows.SelectMany(row => row.Skip(head * config.HeadDim).Take(config.HeadDim)))];
}
