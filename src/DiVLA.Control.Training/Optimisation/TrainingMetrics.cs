namespace DiVLA.Control.Training.Optimisation;

/// <summary>Where a run stands; losses are moving averages over about 100 steps.</summary>
/// <param name="Step">Steps taken.</param>
/// <param name="Loss">L_diffusion + alpha * L_ntp.</param>
/// <param name="LossDiffusion">Squared latent error, summed over 7 numbers.</param>
/// <param name="LossNtp">Cross-entropy a token.</param>
/// <param name="LossAuxiliary">Training only, not part of <paramref name="Loss"/>.</param>
/// <param name="PhraseExactMatch">Share of phrases with every word right.</param>
/// <param name="LearningRate">At this step.</param>
/// <param name="SamplesPerSecond">Since the run was started or resumed.</param>
internal sealed record TrainingMetrics(
    int Step, double Loss, double LossDiffusion, double LossNtp, double LossAuxiliary, double PhraseExactMatch, double LearningRate, double SamplesPerSecond);

/// <summary>Exponential averages that start at the first value.</summary>
internal sealed class MovingAverages
{
    private const double Share = 0.02;
    private readonly double[] _values = new double[4];
    private bool _isStarted;

    public void Add(params ReadOnlySpan<float> values)
    {
        for (var i = 0; i < _values.Length; i++) _values[i] = _isStarted ? _values[i] + Share * (values[i] - _values[i]) : values[i];
        _isStarted = true;
    }

    public TrainingMetrics ToMetrics(int step, TrainingOptions options, double samplesPerSecond) => new(
        step, _values[0] + options.Alpha * _values[1], _values[0], _values[1], _values[2], _values[3], options.LearningRateAt(step - 1), samplesPerSecond);
}
