using System.Text;
using System.Text.Json;
using Microsoft.ML.Tokenizers;

namespace DiVLA.Control.Policy.Tokenizer;

/// <summary>Byte-level BPE as Qwen2 has it: every text has tokens, and special tokens stand for themselves. Thread-safe.</summary>
/// <remarks>Equal to Hugging Face's tokenizer for the same `tokenizer.json`: NFC, Qwen2's pattern, merges by rank.</remarks>
public sealed class ByteLevelTokenizer : ITextTokenizer
{
    /// <summary>The one pattern by which texts may be split: Qwen2's.</summary>
    public const string Pattern = Qwen2PreTokenizer.Pattern;

    private readonly BpeTokenizer _tokenizer;
    private readonly Dictionary<int, string> _special;
    private readonly string[] _specialTexts;

    private ByteLevelTokenizer(ByteLevelTokenizerFile file)
    {
        var added = file.AddedTokens.ToDictionary(token => token.Content, token => token.Id);
        _special = file.AddedTokens.Where(token => token.Special).ToDictionary(token => token.Id, token => token.Content);
        _specialTexts = [.. _special.Values];
        Size = Math.Max(file.Model.Vocabulary.Values.Max(), added.Values.DefaultIfEmpty(-1).Max()) + 1;
        _tokenizer = BpeTokenizer.Create(new BpeOptions(file.Model.Vocabulary)
        {
            Merges = file.Model.Merges.Select(pair => $"{pair[0]} {pair[1]}"),
            ByteLevel = true,
            SpecialTokens = added,
            Normalizer = NormalizationFormC.Instance,
            PreTokenizer = new Qwen2PreTokenizer(added.Keys),
        });
    }

    /// <inheritdoc/>
    public int Size { get; }

    /// <summary>Reads a `tokenizer.json`; null where it is no byte-level tokenizer of Qwen2's kind.</summary>
    /// <param name="path">The file.</param>
    /// <param name="faults">Takes all that is wrong: file, field, found, expected.</param>
    public static ByteLevelTokenizer? TryOpen(string path, ICollection<string> faults)
    {
        try
        {
            using var stream = File.OpenRead(path);
            var file = JsonSerializer.Deserialize<ByteLevelTokenizerFile>(stream, ByteLevelTokenizerFile.JsonOptions)
                ?? throw new JsonException("the file holds nothing but null.");
            var wrong = file.Faults().Select(fault => $"{path}: {fault.Field}: is {fault.Found}, {fault.Expected} was expected.").ToArray();
            foreach (var fault in wrong) faults.Add(fault);
            return wrong.Length == 0 ? new ByteLevelTokenizer(file) : null;
        }
        catch (Exception fault) when (fault is JsonException or IOException or UnauthorizedAccessException)
        {
            faults.Add(fault is FileNotFoundException or DirectoryNotFoundException ? $"{path}: is missing." : $"{path}: {fault.Message}");
            return null;
        }
    }

    /// <summary>Takes a file that <see cref="ByteLevelTokenizerFile.Faults"/> finds nothing wrong with.</summary>
    internal static ByteLevelTokenizer Create(ByteLevelTokenizerFile file) => new(file);

    /// <summary>Token ids of a text, special tokens included.</summary>
    public IReadOnlyList<int> Encode(string text) => _tokenizer.EncodeToIds(text);

    /// <inheritdoc/>
    /// <remarks>Bytes have tokens for everything; what cannot be read as plain words are special tokens, which would end or forge the prompt.</remarks>
    (IReadOnlyList<int> Ids, IReadOnlyList<string> UnknownWords) ITextTokenizer.Encode(string text) =>
        (Encode(text), [.. _specialTexts.Where(special => text.Contains(special, StringComparison.Ordinal))]);

    /// <inheritdoc/>
    /// <remarks>Bytes that are no UTF-8, as a phrase that was cut may end in, become U+FFFD.</remarks>
    public string Decode(ReadOnlySpan<int> tokens)
    {
        var text = new List<int>(tokens.Length);
        foreach (var token in tokens)
            if (!_special.ContainsKey(token)) text.Add(token);
        return _tokenizer.Decode(text);
    }

    /// <summary>The text of token ids with special tokens spelt out.</summary>
    public string DecodeWithSpecial(ReadOnlySpan<int> tokens)
    {
        var (text, start) = (new StringBuilder(), 0);
        for (var i = 0; i <= tokens.Length; i++)
        {
            if (i < tokens.Length && !_special.ContainsKey(tokens[i])) continue;
            text.Append(Decode(tokens[start..i]));
            if (i < tokens.Length) text.Append(_special[tokens[i]]);
            start = i + 1;
        }
        return text.ToString();
    }

    /// <summary>Id of a token by its own text; null where the vocabulary has none.</summary>
    public int? IdOf(string token) => Encode(token) is [var id] ? id : null;
}
