namespace DiVLA.Control.ModelBuilder.Bundles;

/// <summary>Reports each step of a build as it begins, and every few megabytes of a long one; a cancelled build ends there.</summary>
internal sealed class StepCounter(IProgress<BuildProgress>? progress, int total, CancellationToken cancellation)
{
    private const long BytesPerReport = 1 << 26;

    private BuildProgress _step = new("", -1, total);
    private long _bytes;

    /// <summary>Ends a build.</summary>
    public CancellationToken Cancellation => cancellation;

    /// <summary>Begins a step.</summary>
    /// <param name="step">Its name.</param>
    /// <param name="bytes">How much there is to do; 0 where it is not counted.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void Next(string step, long bytes = 0)
    {
        cancellation.ThrowIfCancellationRequested();
        (_step, _bytes) = (new BuildProgress(step, _step.Done + 1, total) { TotalBytes = bytes }, 0);
        progress?.Report(_step);
    }

    /// <summary>Counts bytes of the step.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void Advance(int bytes)
    {
        cancellation.ThrowIfCancellationRequested();
        var before = _bytes / BytesPerReport;
        _bytes += bytes;
        if (_bytes / BytesPerReport > before) progress?.Report(_step with { Bytes = _bytes });
    }
}
