namespace DiVLA.Control.Service;

/// <summary>How much robots and operators may ask for. Enforced before memory is allocated wherever that is possible.</summary>
public sealed record SessionLimits
{
    /// <summary>Arms driven at once. Defaults to 4.</summary>
    public int MaxSessions { get; init; } = 4;

    /// <summary>Connections at once, robots and operators together. Defaults to 64.</summary>
    public int MaxConnections { get; init; } = 64;

    /// <summary>Largest message. Unit: bytes. Defaults to 8 MiB.</summary>
    public int MaxMessageBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>Largest encoded frame. Unit: bytes. Defaults to 4 MiB.</summary>
    public int MaxFrameBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Observations a second and session. Unit: Hz. Defaults to 400.</summary>
    public double MaxObservationRateHz { get; init; } = 400;

    /// <summary>Oldest that an observation may be on arrival. Defaults to 250 ms.</summary>
    public TimeSpan MaxObservationAge { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Lease of a robot that does not ask for one. Defaults to 500 ms.</summary>
    public TimeSpan DefaultLease { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a new stream may wait before it says what it wants. Defaults to 10 s.</summary>
    public TimeSpan OpenTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a silent robot keeps its session after the lease has lapsed. Defaults to 10 s.</summary>
    public TimeSpan AbandonAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long an arm may take to come to rest when its session ends. Defaults to 2 s.</summary>
    public TimeSpan BrakeTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Readers of one session's phrases. Defaults to 32.</summary>
    public int MaxWatchers { get; init; } = 32;

    /// <summary>Everything that is wrong with these limits.</summary>
    internal IEnumerable<string> Validate()
    {
        if (MaxSessions < 1) yield return $"MaxSessions: found {MaxSessions}, expected 1 or more";
        if (MaxConnections < 1) yield return $"MaxConnections: found {MaxConnections}, expected 1 or more";
        if (MaxFrameBytes is < 1024 or > 64 * 1024 * 1024) yield return $"MaxFrameBytes: found {MaxFrameBytes}, expected [1 KiB, 64 MiB]";
        if (MaxMessageBytes < MaxFrameBytes) yield return $"MaxMessageBytes: found {MaxMessageBytes}, expected at least MaxFrameBytes, {MaxFrameBytes}";
        if (!(MaxObservationRateHz > 0)) yield return $"MaxObservationRateHz: found {MaxObservationRateHz}, expected more than 0";
        if (MaxWatchers < 0) yield return $"MaxWatchers: found {MaxWatchers}, expected 0 or more";
        foreach (var (name, value) in Durations())
            if (value <= TimeSpan.Zero || value > TimeSpan.FromMinutes(10)) yield return $"{name}: found {value}, expected (0, 10 min]";
    }

    private IEnumerable<(string Name, TimeSpan Value)> Durations() =>
    [
        (nameof(MaxObservationAge), MaxObservationAge),
        (nameof(DefaultLease), DefaultLease),
        (nameof(OpenTimeout), OpenTimeout),
        (nameof(AbandonAfter), AbandonAfter),
        (nameof(BrakeTimeout), BrakeTimeout),
    ];
}
