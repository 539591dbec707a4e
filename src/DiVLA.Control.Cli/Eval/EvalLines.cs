using System.Globalization;

namespace DiVLA.Control.Cli.Eval;

/// <summary>A line every few episodes, for logs. Any thread.</summary>
internal sealed class EvalLines(TextWriter output, int total)
{
    private const int EpisodesBetweenLines = 10;

    private readonly Lock _gate = new();
    private readonly RealTimeNotice _realTime = new(output.WriteLine);
    private int _episodes;
    private int _successes;

    /// <summary>Takes note of an episode.</summary>
    public void Finished(EvalTrial trial)
    {
        lock (_gate)
        {
            _realTime.Say(trial.RealTimeDenied);
            _episodes++;
            if (trial.IsSuccess) _successes++;
            if (_episodes % EpisodesBetweenLines == 0 || _episodes == total)
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_episodes} of {total} episodes, {_successes} succeeded"));
        }
    }
}
