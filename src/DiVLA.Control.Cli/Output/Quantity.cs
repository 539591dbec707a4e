using System.Globalization;

namespace DiVLA.Control.Cli;

/// <summary>Large numbers as people read them, three digits and a prefix.</summary>
internal static class Quantity
{
    private static readonly string[] _prefixes = ["", "k", "M", "G", "T", "P"];

    /// <summary>'2.21 G' of 2 210 000 000; as it is below a thousand.</summary>
    public static string Of(double number)
    {
        var prefix = 0;
        for (; Math.Abs(number) >= 999.5 && prefix < _prefixes.Length - 1; prefix++) number /= 1000;
        return prefix == 0 ? number.ToString("0", CultureInfo.InvariantCulture) : $"{Digits(number)} {_prefixes[prefix]}";
    }

    /// <summary>'4.42 GB'.</summary>
    public static string OfBytes(long bytes) => Of(bytes) is var text && text.Contains(' ') ? $"{text}B" : $"{text} B";

    /// <summary>'0.940', '16.9': three digits, or thousandths.</summary>
    public static string OfNumber(double number) => number < 1 ? number.ToString("0.000", CultureInfo.InvariantCulture) : Digits(number);

    /// <summary>'0.940 ms'.</summary>
    public static string OfMilliseconds(double milliseconds) => $"{OfNumber(milliseconds)} ms";

    private static string Digits(double number) => number.ToString(number < 9.995 ? "0.00" : number < 99.95 ? "0.0" : "0", CultureInfo.InvariantCulture);
}
