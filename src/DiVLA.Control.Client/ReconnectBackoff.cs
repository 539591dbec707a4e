namespace DiVLA.Control.Client;

/// <summary>Pauses between attempts: they double up to a longest one, and begin anew after a success.</summary>
internal sealed class ReconnectBackoff(TimeSpan first, TimeSpan longest)
{
    private TimeSpan _previous;

    /// <summary>The pause before the next attempt.</summary>
    public TimeSpan Next()
    {
        var doubled = _previous == default ? first : _previous * 2;
        return _previous = doubled < longest ? doubled : longest;
    }

    /// <summary>Forgets the failures so far.</summary>
    public void Reset() => _previous = default;
}
