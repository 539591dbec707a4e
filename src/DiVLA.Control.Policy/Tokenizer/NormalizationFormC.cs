using System.Text;
using Microsoft.ML.Tokenizers;

namespace DiVLA.Control.Policy.Tokenizer;

/// <summary>Unicode's Normalization Form C (UAX #15): decompose, order the marks, compose.</summary>
/// <remarks>The framework leaves it to ICU, which slim images lack and invariant globalisation does without; it then returns text unchanged.</remarks>
internal sealed class NormalizationFormC : Normalizer
{
    // Below the first combining mark every character is its own composed form.
    private const char FirstMark = '\u0300';

    // Hangul syllables are arithmetic: leading consonant, vowel, and trailing consonant or none.
    private const int HangulBase = 0xAC00;
    private const int LeadBase = 0x1100;
    private const int VowelBase = 0x1161;
    private const int TrailBase = 0x11A7;
    private const int LeadCount = 19;
    private const int VowelCount = 21;
    private const int TrailCount = 28;
    private const int SyllableCount = LeadCount * VowelCount * TrailCount;

    private static readonly CanonicalMappings Mappings = CanonicalMappings.Unicode;

    public static NormalizationFormC Instance { get; } = new();

    /// <inheritdoc/>
    public override string Normalize(string original) => original.AsSpan().IndexOfAnyExceptInRange('\0', (char)(FirstMark - 1)) < 0
        ? original
        : Compose(original);

    /// <inheritdoc/>
    public override string Normalize(ReadOnlySpan<char> original) => Normalize(original.ToString());

    private static string Compose(string original)
    {
        var points = new List<int>(original.Length);
        foreach (var rune in original.EnumerateRunes()) Decompose(rune.Value, points);
        Order(points);
        Recompose(points);
        var text = new StringBuilder(points.Count);
        foreach (var point in points) text.Append(new Rune(point));
        return text.ToString();
    }

    private static void Decompose(int point, List<int> points)
    {
        var parts = Mappings.DecompositionOf(point);
        if (IsSyllable(point)) DecomposeSyllable(point - HangulBase, points);
        else if (parts.IsEmpty) points.Add(point);
        else
            foreach (var part in parts) Decompose(part, points);
    }

    private static void DecomposeSyllable(int index, List<int> points)
    {
        points.Add(LeadBase + index / (VowelCount * TrailCount));
        points.Add(VowelBase + index % (VowelCount * TrailCount) / TrailCount);
        if (index % TrailCount > 0) points.Add(TrailBase + index % TrailCount);
    }

    // A stable sort of each run of marks by their class.
    private static void Order(List<int> points)
    {
        for (var i = 1; i < points.Count; i++)
        {
            var (point, combiningClass) = (points[i], Mappings.ClassOf(points[i]));
            if (combiningClass == 0) continue;
            var place = i;
            for (; place > 0 && Mappings.ClassOf(points[place - 1]) > combiningClass; place--) points[place] = points[place - 1];
            points[place] = point;
        }
    }

    // A mark joins the last starter unless a mark of its own class or a higher one, or another starter, stands between them.
    private static void Recompose(List<int> points)
    {
        var (starter, length, lastClass) = (-1, 0, -1);
        for (var i = 0; i < points.Count; i++)
        {
            var (point, combiningClass) = (points[i], Mappings.ClassOf(points[i]));
            if (starter >= 0 && lastClass < combiningClass && Join(points[starter], point) is { } composed)
            {
                points[starter] = composed;
                continue;
            }
            if (combiningClass == 0) (starter, lastClass) = (length, -1);
            else lastClass = combiningClass;
            points[length++] = point;
        }
        points.RemoveRange(length, points.Count - length);
    }

    private static int? Join(int first, int second)
    {
        var (lead, vowel, trail) = (first - LeadBase, second - VowelBase, second - TrailBase);
        if (lead is >= 0 and < LeadCount && vowel is >= 0 and < VowelCount) return HangulBase + (lead * VowelCount + vowel) * TrailCount;
        var isOpenSyllable = IsSyllable(first) && (first - HangulBase) % TrailCount == 0;
        return isOpenSyllable && trail is > 0 and < TrailCount ? first + trail : Mappings.Compose(first, second);
    }

    private static bool IsSyllable(int point) => point is >= HangulBase and < HangulBase + SyllableCount;
}
