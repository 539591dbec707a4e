namespace DiVLA.Control.Policy.Tokenizer;

/// <summary>Text to token ids and back. Thread-safe.</summary>
internal interface ITextTokenizer
{
    /// <summary>Number of token ids: 0 to size - 1.</summary>
    int Size { get; }

    /// <summary>Token ids of a text, with the words that the policy cannot read, each once.</summary>
    (IReadOnlyList<int> Ids, IReadOnlyList<string> UnknownWords) Encode(string text);

    /// <summary>The text of token ids, without special tokens.</summary>
    string Decode(ReadOnlySpan<int> tokens);
}
