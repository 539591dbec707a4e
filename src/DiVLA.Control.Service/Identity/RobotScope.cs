namespace DiVLA.Control.Service.Identity;

/// <summary>The robots that a credential is about: whole ids, or beginnings of ids followed by '*'. '*' alone is every robot.</summary>
public sealed record RobotScope
{
    private const int MaxLength = 64;

    /// <summary>Every robot.</summary>
    public static RobotScope Every { get; } = new(["*"]);

    private RobotScope(IReadOnlyList<string> patterns) => Patterns = patterns;

    /// <summary>As the credential says them.</summary>
    public IReadOnlyList<string> Patterns { get; }

    /// <summary>True where no robot is left out.</summary>
    public bool IsEvery => Patterns.Contains("*");

    /// <summary>The scope of some patterns.</summary>
    /// <returns>Null where one of them is not a pattern.</returns>
    public static RobotScope? Of(IEnumerable<string> patterns)
    {
        string[] all = [.. patterns];
        return all.All(IsPattern) ? new RobotScope(all) : null;
    }

    /// <summary>Whether a text is 1 to 64 of letters, digits, '-', '_', '.', and at most a '*' behind them, or '*' alone.</summary>
    public static bool IsPattern(string text)
    {
        var beginning = text.EndsWith('*') ? text[..^1] : text;
        return text.Length is >= 1 and <= MaxLength && beginning.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
    }

    /// <summary>Whether the credential is about a robot.</summary>
    public bool Covers(string robotId) =>
        Patterns.Any(pattern => pattern.EndsWith('*') ? robotId.StartsWith(pattern[..^1], StringComparison.Ordinal) : robotId == pattern);

    /// <inheritdoc/>
    public override string ToString() => Patterns.Count == 0 ? "no robot" : string.Join(", ", Patterns);
}
