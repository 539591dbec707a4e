namespace DiVLA.Control.Service.Sessions;

/// <summary>Lets a line through once a second and counts those it keeps back. Any thread.</summary>
internal sealed class RepeatedLines(TimeProvider clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private readonly Lock _gate = new();
    private readonly Dictionary<object, (long SaidAt, long KeptBack)> _lines = [];

    /// <summary>Whether a line is to be written now.</summary>
    /// <param name="line">Lines that are equal count as repeats. Of a small set: nothing is ever forgotten.</param>
    /// <param name="repeats">Repeats since it was last written.</param>
    public bool ShouldSay(object line, out long repeats)
    {
        lock (_gate)
        {
            var now = clock.GetTimestamp();
            var isKnown = _lines.TryGetValue(line, out var last);
            repeats = last.KeptBack;
            var isDue = !isKnown || clock.GetElapsedTime(last.SaidAt, now) >= Pause;
            _lines[line] = isDue ? (now, 0) : (last.SaidAt, last.KeptBack + 1);
            return isDue;
        }
    }
}
