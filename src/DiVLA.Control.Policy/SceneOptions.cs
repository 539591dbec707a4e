namespace DiVLA.Control.Policy;

/// <summary>When an object counts as seen: only those can be pinned.</summary>
public sealed record SceneOptions
{
    /// <summary>Least presence. Range: (0, 1). Defaults to 0.5.</summary>
    public double Threshold { get; init; } = 0.5;

    /// <summary>Time over which presence is averaged, so that one picture's flicker does not count. Range: above 0. Defaults to 100 ms.</summary>
    public TimeSpan Smoothing { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long an object that was seen stays seen, because the arm may be in front of it. Range: above 0. Defaults to 1 s.</summary>
    public TimeSpan Memory { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>All that is wrong with these options; empty where they can be used.</summary>
    public IReadOnlyList<string> Validate()
    {
        var errors = new List<string>();
        if (Threshold is not (> 0 and < 1)) errors.Add($"Scene.Threshold: found {Threshold}, expected more than 0 and less than 1");
        if (Smoothing <= TimeSpan.Zero) errors.Add($"Scene.Smoothing: found {Smoothing}, expected more than 0");
        if (Memory <= TimeSpan.Zero) errors.Add($"Scene.Memory: found {Memory}, expected more than 0");
        return errors;
    }
}
