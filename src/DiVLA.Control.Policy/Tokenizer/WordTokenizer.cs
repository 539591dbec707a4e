using System.Text;
using System.Text.RegularExpressions;
using Microsoft.ML.Tokenizers;

namespace DiVLA.Control.Policy.Tokenizer;

/// <summary>Text to token ids and back for a whole-word vocabulary: lower case, split into words and runs of punctuation.</summary>
/// <remarks>A WordPiece tokenizer whose vocabulary holds no continuations is a whole-word tokenizer, so the library's serves. Thread-safe.</remarks>
internal sealed partial class WordTokenizer : ITextTokenizer
{
    private readonly string[] _words;
    private readonly int _unknownId;
    private readonly WordPieceTokenizer _tokenizer;

    /// <summary>Takes a vocabulary without gaps: ids 0 to size - 1.</summary>
    public WordTokenizer(IReadOnlyDictionary<string, int> vocabulary, string unknownToken)
    {
        _words = [.. vocabulary.OrderBy(pair => pair.Value).Select(pair => pair.Key)];
        _unknownId = vocabulary[unknownToken];
        using var lines = new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', _words)));
        _tokenizer = WordPieceTokenizer.Create(lines, new WordPieceOptions
        {
            Normalizer = LowerCaseNormalizer.Instance,
            PreTokenizer = new RegexPreTokenizer(Pieces(), null),
            UnknownToken = unknownToken,
        });
    }

    /// <inheritdoc/>
    public int Size => _words.Length;

    /// <summary>Token ids of a text, with the words that the vocabulary lacks, each once.</summary>
    public (IReadOnlyList<int> Ids, IReadOnlyList<string> UnknownWords) Encode(string text)
    {
        var tokens = _tokenizer.EncodeToTokens(text, out var normalized);
        var source = normalized ?? text;
        return (
            [.. tokens.Select(token => token.Id)],
            [.. tokens.Where(token => token.Id == _unknownId).Select(token => source[token.Offset]).Distinct()]);
    }

    /// <summary>Words joined by spaces; punctuation sits at the word before it.</summary>
    public string Decode(ReadOnlySpan<int> tokens)
    {
        var text = new StringBuilder();
        foreach (var token in tokens)
        {
            var word = token >= 0 && token < _words.Length ? _words[token] : _words[_unknownId];
            if (text.Length > 0 && !AttachesToTheLeft(word)) text.Append(' ');
            text.Append(word);
        }
        return text.ToString();
    }

    private static bool AttachesToTheLeft(string word) => word is [',' or '.' or ';' or ':' or '!' or '?', ..];

    [GeneratedRegex(@"\w+|[^\w\s]+")]
    private static partial Regex Pieces();
}
