using System.Text;
using System.Text.RegularExpressions;
using Microsoft.ML.Tokenizers;

namespace DiVLA.Control.Policy.Tokenizer;

/// <summary>Splits a text at its special tokens, and what lies between into words, numbers, punctuation and spaces as Qwen2 does.</summary>
/// <remarks>
/// The expression is the one in every Qwen2 `tokenizer.json`. It means code points; .NET matches UTF-16 units and takes every surrogate for
/// punctuation. So characters beyond the first plane are matched by a stand-in of their own category.
/// </remarks>
internal sealed partial class Qwen2PreTokenizer : PreTokenizer
{
    /// <summary>What `tokenizer.json` must hold, letter by letter.</summary>
    public const string Pattern =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private const char Letter = 'ª';
    private const char Number = '²';
    private const char Other = '§';

    private readonly Regex? _special;

    public Qwen2PreTokenizer(IEnumerable<string> special)
    {
        var longestFirst = special.OrderByDescending(token => token.Length).Select(Regex.Escape).ToArray();
        if (longestFirst.Length > 0) _special = new Regex(string.Join('|', longestFirst), RegexOptions.CultureInvariant);
    }

    /// <inheritdoc/>
    public override IEnumerable<(int Offset, int Length)> PreTokenize(string text)
    {
        var start = 0;
        for (var match = _special?.Match(text); match is { Success: true }; match = match.NextMatch())
        {
            foreach (var word in Words(text, start, match.Index)) yield return word;
            yield return (match.Index, match.Length);
            start = match.Index + match.Length;
        }
        foreach (var word in Words(text, start, text.Length)) yield return word;
    }

    /// <inheritdoc/>
    public override IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text) => PreTokenize(text.ToString());

    private static IEnumerable<(int Offset, int Length)> Words(string text, int start, int end)
    {
        var part = text[start..end];
        if (!part.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF'))
            return Word().Matches(part).Select(match => (start + match.Index, match.Length));

        var (standIns, offsets) = StandIns(part);
        return Word().Matches(standIns).Select(match =>
            (start + offsets[match.Index], offsets[match.Index + match.Length] - offsets[match.Index]));
    }

    // One character a code point, with the place of each in the text.
    private static (string Text, int[] Offsets) StandIns(string text)
    {
        var standIns = new StringBuilder(text.Length);
        var offsets = new List<int>(text.Length + 1) { 0 };
        foreach (var rune in text.EnumerateRunes())
        {
            standIns.Append(rune.IsBmp ? (char)rune.Value : StandIn(rune));
            offsets.Add(offsets[^1] + rune.Utf16SequenceLength);
        }
        return (standIns.ToString(), [.. offsets]);
    }

    private static char StandIn(Rune rune) => Rune.IsLetter(rune) ? Letter : Rune.IsNumber(rune) ? Number : Other;

    [GeneratedRegex(Pattern, RegexOptions.CultureInvariant)]
    private static partial Regex Word();
}
