namespace DiVLA.Control.Cli;

/// <summary>Where a service keeps what outlives it.</summary>
internal static class StateFolder
{
    /// <summary>The folder that systemd gives a unit, or the user's own for programs' state; null where there is neither.</summary>
    public static string? Find() =>
        Variable("STATE_DIRECTORY")?.Split(':')[0]
        ?? (Variable("XDG_STATE_HOME") is { } state ? Path.Combine(state, "divla") : null)
        ?? (Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) is { Length: > 0 } home ? Path.Combine(home, ".local", "state", "divla") : null);

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
