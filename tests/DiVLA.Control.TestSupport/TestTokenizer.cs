using System.Text.Json;
using System.Text.Json.Nodes;
using DiVLA.Control.Simulator.Expert;
using DiVLA.Control.Simulator.Tasks;

namespace DiVLA.Control.TestSupport;

/// <summary>A tokenizer over the words of the simulator's tasks, as training writes it.</summary>
public static class TestTokenizer
{
    /// <summary>Words by token id; the first three are special.</summary>
    public static IReadOnlyList<string> Words { get; } =
        ["<pad>", "<eos>", "<unk>", .. InstructionGrammar.Words().Concat(ReasoningPhrase.Words()).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Writes tokenizer.json.</summary>
    public static void Save(string path)
    {
        var special = Words.Take(3).Select((word, id) => new JsonObject { ["id"] = id, ["content"] = word, ["special"] = true });
        var root = new JsonObject
        {
            ["version"] = "1.0",
            ["added_tokens"] = new JsonArray([.. special]),
            ["normalizer"] = new JsonObject { ["type"] = "Lowercase" },
            ["pre_tokenizer"] = new JsonObject { ["type"] = "Whitespace" },
            ["model"] = new JsonObject
            {
                ["type"] = "WordLevel",
                ["vocab"] = new JsonObject(Words.Select((word, id) => KeyValuePair.Create(word, (JsonNode?)id))),
                ["unk_token"] = "<unk>",
            },
        };
        File.WriteAllText(path, root.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
    }
}
