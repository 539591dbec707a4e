namespace DiVLA.Control.Service.Identity;

/// <summary>How many refused calls may have a line in the audit log: a few at once, and then one every so often, for as long as somebody calls in vain. Any thread.</summary>
/// <remarks>A line has at most some 700 bytes, so that a budget lets the file grow by 6 MB a day at most, whatever is called how often by whom.</remarks>
internal sealed class RefusalBudget(TimeProvider clock)
{
    /// <summary>Lines at once.</summary>
    public const int Burst = 20;

    /// <summary>How long it takes until there is one more to be had.</summary>
    public static readonly TimeSpan Refill = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private int _lines = Burst;
    private long _filledAt = clock.GetTimestamp();
    private long _leftOut;

    /// <summary>Whether there is a line to be had.</summary>
    /// <param name="leftOut">Refusals since the last line that had none.</param>
    public bool TryTake(out long leftOut)
    {
        lock (_gate)
        {
            Fill();
            leftOut = _leftOut;
            _leftOut = _lines > 0 ? 0 : _leftOut + 1;
            if (_lines == 0) return false;
            _lines--;
            return true;
        }
    }

    private void Fill()
    {
        var now = clock.GetTimestamp();
        var more = (int)Math.Min(Burst, clock.GetElapsedTime(_filledAt, now) / Refill);
        if (more == 0) return;
        _lines = Math.Min(Burst, _lines + more);
        _filledAt = now;
    }
}
