using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DiVLA.Control.Simulator.Expert;
using DiVLA.Control.Simulator.Tasks;

namespace DiVLA.Control.Training.Data;

/// <summary>All words of instructions and phrases, a token each; written as a tokenizer.json of kind WordLevel.</summary>
internal sealed partial class Vocabulary
{
    public const int Pad = 0;
    public const int Eos = 1;
    public const int Unk = 2;

    private static readonly string[] _special = ["<pad>", "<eos>", "<unk>"];
    private readonly string[] _words;
    private readonly Dictionary<string, int> _ids;

    private Vocabulary(string[] words)
    {
        _words = words;
        _ids = words.Select((word, id) => (word, id)).ToDictionary(pair => pair.word, pair => pair.id);
    }

    /// <summary>The words of the simulator's tasks.</summary>
    public static Vocabulary OfTasks() =>
        new([.. _special, .. InstructionGrammar.Words().Concat(ReasoningPhrase.Words()).Distinct().Order(StringComparer.Ordinal)]);

    /// <summary>Token of the comma, which ends the part of a phrase that names the object and its place.</summary>
    public int Comma => _ids[","];

    /// <summary>Number of tokens.</summary>
    public int Size => _words.Length;

    /// <summary>Token ids of a text; a word that is not in the vocabulary becomes <see cref="Unk"/>.</summary>
    public int[] Encode(string text) => [.. Pieces().Matches(text.ToLowerInvariant()).Select(m => _ids.GetValueOrDefault(m.Value, Unk))];

    /// <summary>Writes tokenizer.json.</summary>
    public void Save(string path)
    {
        var vocabulary = new JsonObject(_words.Select((word, id) => KeyValuePair.Create(word, (JsonNode?)id)));
        var added = new JsonArray([.. _special.Select((word, id) => new JsonObject { ["id"] = id, ["content"] = word, ["special"] = true })]);
        var root = new JsonObject
        {
            ["version"] = "1.0",
            ["added_tokens"] = added,
            ["normalizer"] = new JsonObject { ["type"] = "Lowercase" },
            ["pre_tokenizer"] = new JsonObject { ["type"] = "Whitespace" },
            ["model"] = new JsonObject { ["type"] = "WordLevel", ["vocab"] = vocabulary, ["unk_token"] = _special[Unk] },
        };
        File.WriteAllText(path, root.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n");
    }

    [GeneratedRegex(@"\w+|[^\w\s]+")]
    private static partial Regex Pieces();
}
