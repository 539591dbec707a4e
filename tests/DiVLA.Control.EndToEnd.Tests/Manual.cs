using System.Text.RegularExpressions;
using DiVLA.Control.TestSupport;

namespace DiVLA.Control.EndToEnd.Tests;

/// <summary>What docs/command-line.md promises.</summary>
internal static partial class Manual
{
    public static string Text { get; } = File.ReadAllText(Path.Combine(Checkout.Root, "docs", "command-line.md"));

    /// <summary>Names of the fields in a section's table, in its order, nested ones included.</summary>
    public static IEnumerable<string> Fields(string heading)
    {
        var section = Text[(Text.IndexOf(heading, StringComparison.Ordinal) + heading.Length)..];
        if (section.IndexOf("\n## ", StringComparison.Ordinal) is var end and >= 0) section = section[..end];
        return FieldRow().Matches(section).SelectMany(row => FieldName().Matches(row.Groups[1].Value)).Select(name => name.Groups[1].Value);
    }

    [GeneratedRegex(@"^\| (`[^|]*) \|", RegexOptions.Multiline)]
    private static partial Regex FieldRow();

    [GeneratedRegex("`([a-z0-9_]+)`")]
    private static partial Regex FieldName();
}
