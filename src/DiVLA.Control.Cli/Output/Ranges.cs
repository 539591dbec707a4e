using System.CommandLine;
using System.Globalization;

namespace DiVLA.Control.Cli;

/// <summary>Ranges of numbers on the command line.</summary>
internal static class Ranges
{
    /// <summary>Refuses numbers that are not above <paramref name="bound"/>.</summary>
    public static void RequireAbove(this Option option, double bound) => option.Validators.Add(result =>
    {
        if (result.Tokens.Count == 1 && double.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out var found) && !(found > bound))
            result.AddError(string.Create(CultureInfo.InvariantCulture, $"{option.Name}: found {result.Tokens[0].Value}, expected more than {bound}"));
    });

    /// <summary>Refuses numbers below a bound.</summary>
    public static void RequireAtLeast(this Option option, double bound) => option.Validators.Add(result =>
    {
        if (result.Tokens.Count == 1 && double.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out var found) && !(found >= bound))
            result.AddError(string.Create(CultureInfo.InvariantCulture, $"{option.Name}: found {found}, expected {bound} or more"));
    });
}
