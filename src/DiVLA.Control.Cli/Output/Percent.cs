using System.Globalization;

namespace DiVLA.Control.Cli;

/// <summary>Shares as people read them.</summary>
internal static class Percent
{
    /// <summary>'98.42 %', or '-' of nothing.</summary>
    public static string Of(double part, double whole) =>
        whole > 0 ? (100 * part / whole).ToString("0.00", CultureInfo.InvariantCulture) + " %" : "-";
}
