namespace DiVLA.Control.ModelBuilder.Bundles;

/// <summary>Reports each step of a build as it begins.</summary>
internal sealed class StepCounter(IProgress<BuildProgress>? progress, int total)
{
    private int _done;

    public void Next(string step) => progress?.Report(new BuildProgress(step, _done++, total));
}
