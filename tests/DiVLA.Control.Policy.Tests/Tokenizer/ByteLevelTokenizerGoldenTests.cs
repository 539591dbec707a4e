using System.Text.Json;
using DiVLA.Control.Policy.Tokenizer;
using DiVLA.Control.TestSupport;

namespace DiVLA.Control.Policy.Tests.Tokenizer;

/// <summary>Tokenizers against the original's ids and texts for strings that are hard to split.</summary>
[Category("Golden")]
internal sealed class ByteLevelTokenizerGoldenTests
{
    private static IReadOnlyList<GoldenFolder> Folders => GoldenFolder.All;

    [TestCaseSource(nameof(Folders))]
    public void Checkpoint_EveryString_HasTheOriginalsIdsAndText(GoldenFolder golden) =>
        Check(Path.Combine(golden.Checkpoint, "tokenizer.json"), golden.PathOf("checkpoint-strings.json"));

    [Test]
    public void Qwen_EveryString_HasTheOriginalsIdsAndText()
    {
        var folder = Path.GetFullPath(Path.Combine(GoldenFolder.Own.Path, "../../../shared/golden-qwen-tokenizer"));
        if (!Directory.Exists(folder)) Assert.Ignore($"{folder}, with Qwen2's tokenizer.json and strings.json, is not there.");
        Check(Path.Combine(folder, "tokenizer.json"), Path.Combine(folder, "strings.json"));
    }

    private static void Check(string tokenizerPath, string stringsPath)
    {
        var faults = new List<string>();
        var tokenizer = ByteLevelTokenizer.TryOpen(tokenizerPath, faults);
        Assert.That(faults, Is.Empty);
        var entries = JsonSerializer.Deserialize<Entry[]>(File.ReadAllBytes(stringsPath), JsonSerializerOptions.Web)!;
        Assert.That(entries, Is.Not.Empty);
        Assert.Multiple(() =>
        {
            foreach (var entry in entries)
            {
                Assert.That(tokenizer!.Encode(entry.Text), Is.EqualTo(entry.Ids), JsonSerializer.Serialize(entry.Text));
                Assert.That(tokenizer.DecodeWithSpecial(entry.Ids), Is.EqualTo(entry.Decoded), JsonSerializer.Serialize(entry.Text));
            }
        });
        TestContext.Out.WriteLine($"{tokenizerPath}: {entries.Length} strings, all ids and texts equal");
    }

    private sealed record Entry(string Text, int[] Ids, string Decoded);
}
