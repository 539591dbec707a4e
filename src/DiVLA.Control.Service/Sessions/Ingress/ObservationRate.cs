using DiVLA.Control.Robot;

namespace DiVLA.Control.Service.Sessions;

/// <summary>A token bucket: lets a rate through on average, and a quarter of a second's worth at once. Used by one thread.</summary>
internal sealed class ObservationRate(double rateHz)
{
    private const double BurstSeconds = 0.25;
    private readonly double _capacity = Math.Max(1, rateHz * BurstSeconds);
    private double _tokens = Math.Max(1, rateHz * BurstSeconds);
    private MonotonicTime? _last;

    /// <summary>Takes one token. False where there is none left.</summary>
    public bool TryTake(MonotonicTime now)
    {
        if (_last is { } last) _tokens = Math.Min(_capacity, _tokens + (now - last) * 1e-9 * rateHz);
        _last = now;
        if (_tokens < 1) return false;
        _tokens--;
        return true;
    }
}
