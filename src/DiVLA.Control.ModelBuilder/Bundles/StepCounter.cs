namespace DiVLA.Control.ModelBuilder.Bundles;

/// <summary>Reports each step of a build as it begins; a cancelled build ends there.</summary>
internal sealed class StepCounter(IProgress<BuildProgress>? progress, int total, CancellationToken cancellation)
{
    private int _done;

    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void Next(string step)
    {
        cancellation.ThrowIfCancellationRequested();
        progress?.Report(new BuildProgress(step, _done++, total));
    }
}
