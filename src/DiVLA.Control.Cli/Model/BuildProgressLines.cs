using DiVLA.Control.ModelBuilder.Bundles;

namespace DiVLA.Control.Cli.Model;

/// <summary>A build's steps, one a line; on a terminal, with a bar for those that take long.</summary>
/// <remarks>Written at once: Progress&lt;T&gt; would post to other threads and reorder.</remarks>
internal sealed class BuildProgressLines(Terminal terminal) : IProgress<BuildProgress>
{
    private const int BarWidth = 30;
    private const double BytesPerGigabyte = 1e9;

    private bool _isBarOpen;

    /// <inheritdoc/>
    public void Report(BuildProgress value)
    {
        var line = $"[{value.Done + 1}/{value.Total}] {value.Step}";
        if (value.Bytes > 0) WriteBar(line, value.Bytes, value.TotalBytes);
        else WriteStep(line);
    }

    /// <summary>Leaves the terminal at the beginning of a line.</summary>
    public void End()
    {
        if (_isBarOpen) terminal.Error.WriteLine();
        _isBarOpen = false;
    }

    private void WriteStep(string line)
    {
        End();
        terminal.Error.WriteLine(line);
    }

    private void WriteBar(string line, long bytes, long total)
    {
        if (!terminal.IsErrorInteractive || total <= 0) return;
        var share = Math.Min(1, (double)bytes / total);
        var full = (int)(share * BarWidth);
        terminal.Error.Write(FormattableString.Invariant(
            $"\r{line} {new string('#', full)}{new string('.', BarWidth - full)} {bytes / BytesPerGigabyte:0.0} of {total / BytesPerGigabyte:0.0} GB"));
        _isBarOpen = true;
    }
}
