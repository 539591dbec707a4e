using DiVLA.Control.ModelBuilder.Onnx;
using DiVLA.Control.Policy.Bundle;

namespace DiVLA.Control.ModelBuilder.Graphs;

/// <summary>`diffusion.onnx`: Film, then all sampling steps unrolled.</summary>
/// <remarks>
/// <code>
///  prompt_mean, reasoning_mean ─► Film ─► LayerNorm ─┬─► combine ─► silu ─► c ─► film_condition of each block ─┐
///  state ────────────────────────────────────────────┘                                                         │ once
///  constants: film_time(t_k) of each block and step ───────────────────────────────────────────► + ─► split ───┘
///                                                                                                      │ scale, shift
///  noise ─► x ─┬─► input ─► [ norm * scale + shift ─► up ─► silu ─► down ─► + ] per block ─► norm ─► output ─► scheduler ─┬─► next step
///              └──────────────────────────────────────────────────────────────────────────────────────────────┘        └─► latent
/// </code>
/// A block's norm takes scale and shift as its own weights, and adds the block before it on the way: four nodes a block.
/// The weights of a block are one initializer that all steps share.
/// </remarks>
internal sealed class DiffusionGraph
{
    private const float NormEpsilon = 1e-5f;

    private readonly GraphBuilder _graph;
    private readonly ModelConfig _config;
    private readonly DdimSteps _scheduler;

    private DiffusionGraph(GraphBuilder graph, ModelConfig config)
    {
        _graph = graph;
        _config = config;
        _scheduler = new DdimSteps(graph, config.Scheduler);
    }

    /// <summary>Adds the whole stage to an empty graph.</summary>
    public static void Build(GraphBuilder graph, ModelConfig config) => new DiffusionGraph(graph, config).Build();

    private int Width => _config.Head.Width;

    private int SampleSize => _config.Latent.Horizon * _config.Latent.Size;

    private void Build()
    {
        var promptMean = _graph.Input("prompt_mean", TensorDtype.F32, 1, _config.HiddenSize);
        var reasoningMean = _graph.Input("reasoning_mean", TensorDtype.F32, 1, _config.HiddenSize);
        var state = _graph.Input("state", TensorDtype.F32, 1, _config.State.Size);
        var noise = _graph.Input("noise", TensorDtype.F32, 1, _config.Latent.Horizon, _config.Latent.Size);

        var condition = Condition(FilmGraph.Build(_graph, _config.HiddenSize, promptMean, reasoningMean), state);
        var times = new TimeTable(_graph.Weights, _config.Head, _scheduler.Timesteps);
        var films = Enumerable.Range(0, _config.Head.Blocks).Select(block => BlockFilms(block, condition, times.Rows(block))).ToArray();
        var sample = _graph.Reshape("/noise", noise, 1, SampleSize);
        for (var step = 0; step < _scheduler.Timesteps.Count; step++)
            sample = Step(step, sample, Array.ConvertAll(films, film => film[step]));
        var latent = _graph.Reshape("/latent", sample, 1, _config.Latent.Horizon, _config.Latent.Size);
        _graph.Output(latent, "latent", TensorDtype.F32, 1, _config.Latent.Horizon, _config.Latent.Size);
    }

    // c = silu(combine([LayerNorm(cond), state]))
    private Value Condition(Value condition, Value state)
    {
        var width = _config.HiddenSize;
        var normed = _graph.LayerNorm(
            "/condition/norm", condition, _graph.Weight("policy_head.norm.weight", width), _graph.Weight("policy_head.norm.bias", width), NormEpsilon);
        var joined = _graph.Concat("/condition", 1, normed, state);
        var combined = _graph.Linear("/condition/combine", joined, "policy_head.combine", width + _config.State.Size, Width);
        return _graph.Silu("/condition", combined);
    }

    /// <summary>Scale (plus one) and shift, `[W]` each, of one block at every step.</summary>
    /// <remarks>
    /// Only c is known at run time: one product a block serves all steps.
    /// <code>
    ///  c ─► film_condition [1, 2W] ─► + table [steps, 2W] ─► flatten ─► split into scale_0, shift_0, scale_1 ...
    /// </code>
    /// </remarks>
    private Film[] BlockFilms(int block, Value condition, float[] table)
    {
        var path = $"/condition/blocks.{block}";
        var steps = _scheduler.Timesteps.Count;
        var fromCondition = _graph.Linear($"{path}/film_condition", condition, $"policy_head.blocks.{block}.film_condition", Width, 2 * Width);
        var sum = _graph.Add($"{path}/film", fromCondition, _graph.Constant($"{path}/film_time", table, steps, 2 * Width));
        var flat = _graph.Reshape($"{path}/film", sum, steps * 2 * Width);
        var parts = _graph.Split($"{path}/film", flat, 0, [.. Enumerable.Repeat((long)Width, 2 * steps)]);
        return [.. parts.Chunk(2).Select(pair => new Film(pair[0], pair[1]))];
    }

    private Value Step(int step, Value sample, Film[] films)
    {
        var path = $"/steps.{step}";
        var stream = new HeadStream(_graph, _graph.Linear($"{path}/input", sample, "policy_head.input", SampleSize, Width), NormEpsilon);
        for (var block = 0; block < films.Length; block++)
            stream.Add(Block($"{path}/blocks.{block}", $"policy_head.blocks.{block}", stream.Norm($"{path}/blocks.{block}/norm", films[block])));
        var affine = new Film(_graph.Weight("policy_head.output_norm.weight", Width), _graph.Weight("policy_head.output_norm.bias", Width));
        var output = _graph.Linear($"{path}/output", stream.Norm($"{path}/output_norm", affine), "policy_head.output", Width, SampleSize);
        return _scheduler.Advance($"{path}/scheduler", step, sample, output);
    }

    private Value Block(string path, string name, Value rows)
    {
        var hidden = _graph.Silu($"{path}/up", _graph.Linear($"{path}/up", rows, $"{name}.up", Width, _config.Head.Hidden));
        return _graph.Linear($"{path}/down", hidden, $"{name}.down", _config.Head.Hidden, Width);
    }
}
