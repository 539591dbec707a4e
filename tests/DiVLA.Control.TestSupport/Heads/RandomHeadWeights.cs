using DiVLA.Control.ModelBuilder.Checkpoints.Published;
using DiVLA.Control.ModelBuilder.Graphs.Unet;
using DiVLA.Control.ModelBuilder.Safetensors;

namespace DiVLA.Control.TestSupport.Heads;

/// <summary>Random weights of a published head and of Film, named as DiVLA's and DexVLA's checkpoints name them.</summary>
internal static class RandomHeadWeights
{
    public static IReadOnlyList<TensorData> Of(PolicyHeadConfig head, int seed)
    {
        var weights = new RandomWeights(seed);
        weights.AddFilm(head.ConditionSize);
        if (head is UnetHeadConfig unet) AddUnet(weights, unet);
        else AddScaleDp(weights, (ScaleDpHeadConfig)head);
        return weights.Tensors;
    }

    private static void AddUnet(RandomWeights weights, UnetHeadConfig config)
    {
        var shape = new UnetShape(config);
        weights.AddLayerNorm("policy_head.norm_after_pool", config.ConditionSize);
        weights.AddLinear("policy_head.combine", config.ConditionSize + config.StateSize, config.ConditionSize);
        weights.AddLinear("policy_head.diffusion_step_encoder.1", config.TimeEmbedding, 4 * config.TimeEmbedding);
        weights.AddLinear("policy_head.diffusion_step_encoder.3", 4 * config.TimeEmbedding, config.TimeEmbedding);
        foreach (var block in shape.Blocks) AddBlock(weights, config, block);
        for (var level = 0; level < config.Levels - 1; level++)
        {
            AddConvolution(weights, $"policy_head.down_modules.{level}.2.conv", config.Channels[level], config.Channels[level], 3);
            AddConvolution(weights, $"policy_head.up_modules.{level}.2.conv", shape.Up[level][0].To, shape.Up[level][0].To, 4);
        }
        AddConvolutionBlock(weights, "policy_head.final_conv.0", config.Channels[0], config.Channels[0], config.Kernel);
        AddConvolution(weights, "policy_head.final_conv.1", config.Channels[0], config.ActionSize, 1);
    }

    private static void AddBlock(RandomWeights weights, UnetHeadConfig config, UnetBlock block)
    {
        AddConvolutionBlock(weights, $"{block.WeightName}.blocks.0", block.From, block.To, config.Kernel);
        AddConvolutionBlock(weights, $"{block.WeightName}.blocks.1", block.To, block.To, config.Kernel);
        weights.AddLinear($"{block.WeightName}.cond_encoder.1", config.FeatureSize, 2 * block.To);
        if (block.HasResidualConvolution) AddConvolution(weights, $"{block.WeightName}.residual_conv", block.From, block.To, 1);
    }

    private static void AddConvolutionBlock(RandomWeights weights, string name, int from, int to, int kernel)
    {
        AddConvolution(weights, $"{name}.block.0", from, to, kernel);
        weights.AddLayerNorm($"{name}.block.1", to);
    }

    private static void AddConvolution(RandomWeights weights, string name, int from, int to, int kernel)
    {
        weights.Add($"{name}.weight", 0, 1 / Math.Sqrt(from * kernel), to, from, kernel);
        weights.Add($"{name}.bias", 0, 0.1, to);
    }

    private static void AddScaleDp(RandomWeights weights, ScaleDpHeadConfig config)
    {
        var width = config.Width;
        weights.AddLinear("policy_head.combine.0", config.ConditionSize + config.StateSize, ScaleDpHeadConfig.CombineWidth);
        weights.AddLinear("policy_head.combine.2", ScaleDpHeadConfig.CombineWidth, ScaleDpHeadConfig.CombineWidth);
        weights.AddLinear("policy_head.combine.4", ScaleDpHeadConfig.CombineWidth, config.ConditionSize);
        weights.AddLinear("policy_head.cond_obs_emb", config.ConditionSize, width);
        weights.AddLinear("policy_head.t_embedder.mlp.0", ScaleDpHeadConfig.Sinusoid, width);
        weights.AddLinear("policy_head.t_embedder.mlp.2", width, width);
        weights.AddLinear("policy_head.x_embedder", config.ActionSize, width);
        weights.Add("policy_head.pos_embed", 0, 0.5, 1, config.Horizon, width);
        for (var block = 0; block < config.Depth; block++) AddScaleDpBlock(weights, $"policy_head.blocks.{block}", width, config.Hidden);
        weights.AddLinear("policy_head.final_layer.adaLN_modulation.1", width, 2 * width);
        weights.AddLinear("policy_head.final_layer.linear", width, config.ActionSize);
    }

    private static void AddScaleDpBlock(RandomWeights weights, string name, int width, int hidden)
    {
        weights.AddLinear($"{name}.adaLN_modulation.1", width, 6 * width);
        weights.AddLinear($"{name}.attn.qkv", width, 3 * width);
        weights.AddLinear($"{name}.attn.proj", width, width);
        weights.AddLinear($"{name}.mlp.fc1", width, hidden);
        weights.AddLinear($"{name}.mlp.fc2", hidden, width);
    }
}
