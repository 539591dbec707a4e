using DiVLA.Control.ModelBuilder;
using DiVLA.Control.ModelBuilder.Graphs;
using DiVLA.Control.ModelBuilder.Safetensors;

namespace DiVLA.Control.TestSupport;

/// <summary>Weights from a seed, scaled so that every activation stays near one, as in a trained network.</summary>
internal sealed class RandomWeights(int seed)
{
    private readonly Random _random = new(seed);
    private readonly List<TensorData> _tensors = [];

    /// <summary>What was added so far.</summary>
    internal IReadOnlyList<TensorData> Tensors => _tensors;

    /// <summary>All weights of the shared graphs, named as `docs/model.md` says.</summary>
    public static IReadOnlyList<TensorData> Policy(ModelConfig config, int seed)
    {
        var weights = new RandomWeights(seed);
        weights.AddVision(config);
        weights.AddDecoder(DecoderShape.Of(config));
        if (config.Scene is { } scene) weights.AddLinear("scene.presence", config.Vision.TokensPerCamera * config.HiddenSize, scene.Kinds.Length);
        weights.AddFilm(config.HiddenSize);
        weights.AddHead(config);
        return weights._tensors;
    }

    /// <summary>The weights of a decoder alone.</summary>
    internal static IReadOnlyList<TensorData> Decoder(DecoderShape shape, int seed)
    {
        var weights = new RandomWeights(seed);
        weights.AddDecoder(shape);
        return weights._tensors;
    }

    /// <summary>The weights of an embodiment's MLP.</summary>
    public static IReadOnlyList<TensorData> Embodiment(LatentConfig latent, int joints, int hidden, int seed)
    {
        var weights = new RandomWeights(seed);
        var motion = latent.Size - 1;
        weights.AddLinear("trunk.0", 3 * joints, hidden);
        weights.AddLinear("trunk.1", hidden, hidden);
        weights.AddLinear("trunk.2", hidden, hidden);
        weights.AddLinear("head.posture", hidden, hidden);
        weights.AddWeight("head.motion", motion, hidden);
        weights.Add("head.sample", 0, 0.3, latent.Horizon, hidden);
        weights.AddLinear("head.hidden", hidden, hidden);
        weights.AddLinear("head.output", hidden, joints * (motion + 1));
        weights.AddLinear("base", hidden, joints * (motion + 1));
        return weights._tensors;
    }

    private void AddVision(ModelConfig config)
    {
        var channels = 3;
        for (var i = 0; i < config.Vision.StemChannels.Length; i++)
        {
            AddConvolution($"vision.stem.{i}", channels, config.Vision.StemChannels[i], 3);
            channels = config.Vision.StemChannels[i];
        }
        AddConvolution("vision.merge", channels, config.HiddenSize, 2);
        AddLayerNorm("vision.norm", config.HiddenSize);
        Add("vision.position", 0, 0.5, config.Cameras.Length, config.Vision.TokensPerCamera, config.HiddenSize);
        AddLinear("state_embed.0", config.State.Size, config.HiddenSize);
        AddLinear("state_embed.2", config.HiddenSize, config.HiddenSize);
    }

    private void AddDecoder(DecoderShape shape)
    {
        var (width, queries, keys) = (shape.HiddenSize, shape.QueryWidth, shape.KeyWidth);
        Add("model.embed_tokens.weight", 0, 1, shape.VocabSize, width);
        for (var i = 0; i < shape.Layers; i++)
        {
            var layer = $"model.layers.{i}";
            Add($"{layer}.input_layernorm.weight", 1, 0.2, width);
            AddLinear($"{layer}.self_attn.q_proj", width, queries);
            AddLinear($"{layer}.self_attn.k_proj", width, keys);
            AddLinear($"{layer}.self_attn.v_proj", width, keys);
            AddWeight($"{layer}.self_attn.o_proj", queries, width);
            Add($"{layer}.post_attention_layernorm.weight", 1, 0.2, width);
            AddWeight($"{layer}.mlp.gate_proj", width, shape.IntermediateSize);
            AddWeight($"{layer}.mlp.up_proj", width, shape.IntermediateSize);
            AddWeight($"{layer}.mlp.down_proj", shape.IntermediateSize, width);
        }
        Add("model.norm.weight", 1, 0.2, width);
        if (!shape.TieWordEmbeddings) AddWeight("lm_head", width, shape.VocabSize);
    }

    internal void AddFilm(int width)
    {
        foreach (var projection in (string[])["input_action_proj", "reasoning_action_proj"])
        {
            AddLinear($"{projection}.mlps.0", width, width);
            AddLinear($"{projection}.mlps.2", width, width);
        }
        AddLinear("reasoning_film.scale_fc", width, width);
        AddLinear("reasoning_film.shift_fc", width, width);
    }

    private void AddHead(ModelConfig config)
    {
        var (width, samples) = (config.Head.Width, config.Latent.Horizon * config.Latent.Size);
        AddLayerNorm("policy_head.norm", config.HiddenSize);
        AddLinear("policy_head.combine", config.HiddenSize + config.State.Size, width);
        AddLinear("policy_head.time.0", config.Head.TimeEmbedding, width);
        AddLinear("policy_head.time.2", width, width);
        AddLinear("policy_head.input", samples, width);
        for (var i = 0; i < config.Head.Blocks; i++)
        {
            AddLinear($"policy_head.blocks.{i}.film_condition", width, 2 * width);
            AddWeight($"policy_head.blocks.{i}.film_time", width, 2 * width);
            AddLinear($"policy_head.blocks.{i}.up", width, config.Head.Hidden);
            AddLinear($"policy_head.blocks.{i}.down", config.Head.Hidden, width);
        }
        AddLayerNorm("policy_head.output_norm", width);
        AddLinear("policy_head.output", width, samples);
    }

    private void AddConvolution(string name, int from, int to, int kernel)
    {
        Add($"{name}.weight", 0, 1.4 / Math.Sqrt(from * kernel * kernel), to, from, kernel, kernel);
        Add($"{name}.bias", 0, 0.1, to);
    }

    internal void AddLayerNorm(string name, int width)
    {
        Add($"{name}.weight", 1, 0.2, width);
        Add($"{name}.bias", 0, 0.1, width);
    }

    internal void AddLinear(string name, int from, int to)
    {
        AddWeight(name, from, to);
        Add($"{name}.bias", 0, 0.1, to);
    }

    private void AddWeight(string name, int from, int to) => Add($"{name}.weight", 0, 1 / Math.Sqrt(from), to, from);

    internal void Add(string name, double mean, double deviation, params long[] shape)
    {
        var values = new float[shape.Aggregate(1L, (product, size) => product * size)];
        for (var i = 0; i < values.Length; i++) values[i] = (float)(mean + deviation * Gaussian());
        _tensors.Add(TensorData.FromFloats(name, shape, values));
    }

    private double Gaussian() =>
        Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
}
