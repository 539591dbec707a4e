namespace DiVLA.Control.Benchmarks;

/// <summary>Takes the caches away from what was in them, as the rest of a service does between two ticks.</summary>
internal sealed class CacheFlusher
{
    private const int WordsPerCacheLine = 8;

    private readonly long[] _words = new long[12 << 20];

    /// <summary>Writes to 96 MiB: more than the last-level cache of a small machine holds.</summary>
    public void Flush()
    {
        for (var i = 0; i < _words.Length; i += WordsPerCacheLine) _words[i]++;
    }
}
