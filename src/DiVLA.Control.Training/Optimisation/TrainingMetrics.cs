using DiVLA.Control.Simulator.Tasks;

namespace DiVLA.Control.Training.Optimisation;

/// <summary>Where a run stands; losses are moving averages over about 100 steps.</summary>
/// <param name="Step">Steps taken.</param>
/// <param name="Loss">L_diffusion + alpha * L_ntp.</param>
/// <param name="LossDiffusion">Squared latent error, summed over 7 numbers.</param>
/// <param name="LossNtp">Cross-entropy a token.</param>
/// <param name="LossAuxiliary">Training only, not part of <paramref name="Loss"/>.</param>
/// <param name="PhraseExactMatch">Share of phrases with every word right, each word told the ones before it, by family; families that no sample was drawn of are left out.</param>
/// <param name="LearningRate">At this step.</param>
/// <param name="SamplesPerSecond">Since the run was started or resumed.</param>
internal sealed record TrainingMetrics(
    int Step, double Loss, double LossDiffusion, double LossNtp, double LossAuxiliary, IReadOnlyDictionary<string, double> PhraseExactMatch, double LearningRate, double SamplesPerSecond);

/// <summary>Exponential averages that start at the first value.</summary>
internal sealed class MovingAverages
{
    private readonly MovingAverage _diffusion = new();
    private readonly MovingAverage _nextToken = new();
    private readonly MovingAverage _auxiliary = new();
    private readonly MovingAverage[] _exactMatch = [.. Enum.GetValues<TaskFamily>().Select(_ => new MovingAverage())];

    public void Add(double diffusion, double nextToken, double auxiliary)
    {
        _diffusion.Add(diffusion);
        _nextToken.Add(nextToken);
        _auxiliary.Add(auxiliary);
    }

    /// <summary>Adds a batch's phrases: 1 for one with every word right, else 0.</summary>
    public void Add(ReadOnlySpan<TaskFamily?> family, ReadOnlySpan<float> isRight)
    {
        for (var f = 0; f < _exactMatch.Length; f++)
        {
            var (sum, count) = (0.0, 0);
            for (var i = 0; i < family.Length; i++)
                if (family[i] == (TaskFamily)f) (sum, count) = (sum + isRight[i], count + 1);
            if (count > 0) _exactMatch[f].Add(sum / count);
        }
    }

    public TrainingMetrics ToMetrics(int step, TrainingOptions options, double samplesPerSecond) => new(
        step, _diffusion.Value + options.Alpha * _nextToken.Value, _diffusion.Value, _nextToken.Value, _auxiliary.Value,
        ExactMatch(), options.LearningRateAt(step - 1), samplesPerSecond);

    private Dictionary<string, double> ExactMatch() =>
        Enum.GetValues<TaskFamily>().Where(f => _exactMatch[(int)f].IsStarted).ToDictionary(InstructionGrammar.Name, f => _exactMatch[(int)f].Value);

    private sealed class MovingAverage
    {
        private const double Share = 0.02;
        public bool IsStarted { get; private set; }

        public double Value { get; private set; }

        public void Add(double value)
        {
            Value = IsStarted ? Value + Share * (value - Value) : value;
            IsStarted = true;
        }
    }
}
