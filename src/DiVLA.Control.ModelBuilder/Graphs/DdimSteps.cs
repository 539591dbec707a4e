using DiVLA.Control.ModelBuilder.Onnx;

namespace DiVLA.Control.ModelBuilder.Graphs;

/// <summary>The scheduler's part of each sampling step as nodes: what the head said about a sample becomes the next sample.</summary>
/// <remarks>
/// Element by element, so a head may keep its samples in whatever layout suits it. In fp32, whatever the head computes in: the first steps divide by
/// small numbers, and what they round away the last ones cannot bring back.
/// </remarks>
internal sealed class DdimSteps(GraphBuilder graph, SchedulerConfig config)
{
    private readonly DdimSchedule _schedule = new(config);
    private readonly float _range = (float)config.ClipSampleRange;

    /// <summary>Time steps of the sampling steps, first to last.</summary>
    public IReadOnlyList<int> Timesteps => _schedule.Timesteps;

    /// <summary>The sample after a step.</summary>
    public Value Advance(string path, int step, Value sample, Value output)
    {
        var (current, next) = _schedule.Alphas(step);
        return config.PredictionType == PredictionType.Sample
            ? AdvanceFromSample(path, sample, graph.Clip($"{path}/x0", output, _range), current, next)
            : AdvanceFromEpsilon(path, sample, output, current, next);
    }

    // eps = (x - sqrt(A) x0) / sqrt(1 - A) and x' = sqrt(A') x0 + sqrt(1 - A') eps, collected: x' = a x0 + b x.
    private Value AdvanceFromSample(string path, Value sample, Value x0, double current, double next)
    {
        if (next == 1) return x0;
        var b = Math.Sqrt((1 - next) / (1 - current));
        var a = Math.Sqrt(next) - b * Math.Sqrt(current);
        return Weighted(path, x0, a, sample, b);
    }

    // x0 = clip((x - sqrt(1 - A) eps) / sqrt(A)); eps stays the network's, whatever was clipped.
    private Value AdvanceFromEpsilon(string path, Value sample, Value epsilon, double current, double next)
    {
        var x0 = Weighted($"{path}/x0", sample, 1 / Math.Sqrt(current), epsilon, -Math.Sqrt((1 - current) / current));
        var clipped = graph.Clip($"{path}/x0", x0, _range);
        return next == 1 ? clipped : Weighted(path, clipped, Math.Sqrt(next), epsilon, Math.Sqrt(1 - next));
    }

    private Value Weighted(string path, Value left, double leftFactor, Value right, double rightFactor) => graph.Add(
        path,
        graph.Mul($"{path}/left", left, graph.SingleScalar((float)leftFactor)),
        graph.Mul($"{path}/right", right, graph.SingleScalar((float)rightFactor)));
}
