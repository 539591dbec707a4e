using DiVLA.Control.Robot;

namespace DiVLA.Control.Policy.Decode;

/// <summary>Refuses observations that are too old or not newer than the one before. Used by one thread; does not allocate.</summary>
public sealed class ObservationCheck
{
    private readonly long _maxAgeNs;
    private MonotonicTime? _last;

    /// <summary>Takes the greatest age that an observation may have when it is used.</summary>
    public ObservationCheck(TimeSpan maxAge) => _maxAgeNs = (long)maxAge.TotalNanoseconds;

    /// <summary>Accepts an observation, or says why not. Only accepted observations count as the one before.</summary>
    public FrameReport Check(MonotonicTime capturedAt, MonotonicTime now)
    {
        if (_last is { } last && capturedAt <= last)
            return new FrameReport(FrameOutcome.NotIncreasing, "", capturedAt.Nanoseconds, last.Nanoseconds);
        if (now - capturedAt > _maxAgeNs)
            return new FrameReport(FrameOutcome.Stale, "", now - capturedAt, _maxAgeNs);
        _last = capturedAt;
        return default;
    }
}
