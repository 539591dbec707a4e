namespace DiVLA.Control.Cli.Bench;

/// <summary>Threads that take every processor they can get, as other programs on the machine do.</summary>
internal sealed class BenchBusy : IDisposable
{
    private readonly Thread[] _threads;
    private volatile bool _isOver;

    /// <summary>Starts that many.</summary>
    public BenchBusy(int threads)
    {
        _threads = [.. Enumerable.Range(0, threads).Select(_ => new Thread(Work) { Name = "divla-bench-busy", IsBackground = true })];
        foreach (var thread in _threads) thread.Start();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isOver = true;
        foreach (var thread in _threads) thread.Join();
    }

    private void Work()
    {
        while (!_isOver) Thread.SpinWait(1000);
    }
}
