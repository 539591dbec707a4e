namespace DiVLA.Control.Service;

/// <summary>What is kept of the reasoning, and for how long.</summary>
public sealed record RecordOptions
{
    private const long SmallestBytes = 1024 * 1024;

    /// <summary>The database, made where it is not there; null records nothing. Defaults to null.</summary>
    public string? File { get; init; }

    /// <summary>What is older is deleted. Defaults to 30 days.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromDays(30);

    /// <summary>The oldest is deleted where the database holds more. Unit: bytes. Defaults to 1 GiB: about a day and a half of one arm.</summary>
    public long MaxBytes { get; init; } = 1L << 30;

    /// <summary>Everything that is wrong with these options.</summary>
    internal IEnumerable<string> Validate()
    {
        if (File is { } file && file.Trim().Length == 0) yield return "File: found an empty name, expected the path of a file";
        if (File is { } path && Directory.Exists(path)) yield return $"File: found the folder '{path}', expected the path of a file";
        if (MaxAge < TimeSpan.FromMinutes(1)) yield return $"MaxAge: found {MaxAge}, expected a minute or more";
        if (MaxBytes < SmallestBytes) yield return $"MaxBytes: found {MaxBytes}, expected {SmallestBytes} or more";
    }
}
