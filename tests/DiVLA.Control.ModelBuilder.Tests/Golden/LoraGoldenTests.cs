using DiVLA.Control.ModelBuilder.Checkpoints.Lora;
using DiVLA.Control.ModelBuilder.Safetensors;
using DiVLA.Control.TestSupport;
using DiVLA.Control.TestSupport.Published;

namespace DiVLA.Control.ModelBuilder.Tests.Golden;

/// <summary>A PEFT adapter for the golden checkpoint.</summary>
[Category("Golden")]
public sealed class LoraGoldenTests
{
    private static IEnumerable<GoldenFolder> Folders => GoldenFolder.All.Where(folder => Directory.Exists(folder.PathOf("lora")));

    [TestCaseSource(nameof(Folders))]
    public void Adapter_FitsTheCheckpoint_AndChangesEveryTensorItNames(GoldenFolder golden)
    {
        var faults = new List<string>();
        using var adapter = LoraAdapter.Open(golden.PathOf("lora"), faults)!;
        Assert.That(faults, Is.Empty);
        var shapes = Shapes(golden.Checkpoint);
        Assert.That(adapter.FaultsWith(shapes.GetValueOrDefault), Is.Empty);

        var changed = shapes.Keys.Where(adapter.Changes).ToArray();
        using var factors = SafetensorsFile.Open(golden.PathOf("lora/adapter_model.safetensors"));
        Assert.That(changed, Has.Length.EqualTo(factors.Tensors.Keys.Count(name => name.Contains(".lora_A.", StringComparison.Ordinal))));
        foreach (var name in changed)
        {
            var update = new float[shapes[name].Aggregate(1L, (product, size) => product * size)];
            adapter.Update(name)!.AddTo(0, update);
            Assert.That(update, Has.Some.Not.EqualTo(0f), name);
        }
    }

    [TestCaseSource(nameof(Folders))]
    public void Bundle_WithTheAdapterMerged_EqualsTheOriginal(GoldenFolder golden)
    {
        using var bundle = new GoldenBundle(golden.FirstCase);
        var manifest = bundle.Build(options => options with { LoraDirectory = golden.PathOf("lora") }).Manifest;
        using var session = new GraphSession(bundle.Folder, manifest.Graphs.Backbone);
        using var expected = SafetensorsFile.Open(golden.PathOf("lora/expected.safetensors"));
        for (var camera = 0; camera < manifest.Cameras.Length; camera++) session.Set<byte>($"frames.{camera}", bundle.Expected.Bytes($"resized{camera}"));
        var text = bundle.Expected.Integers("input_ids")[manifest.PrefixLength..];
        session.Buffer<long>("text_tokens").Fill(manifest.SpecialTokens.Pad);
        text.CopyTo(session.Buffer<long>("text_tokens"));
        session.Set<long>("text_length", [text.Length]);
        session.Set<long>("draft_length", [0]);
        session.Run();

        var width = manifest.Decoder.HiddenSize;
        var (hidden, logits) = (expected.Floats("prompt_hidden"), expected.Floats("prompt_last_logits"));
        float[] mean = [.. Enumerable.Range(0, width).Select(column => (float)hidden.Where((_, index) => index % width == column).Average(number => (double)number))];
        RelativeDifference.Check("prompt_hidden_mean", session.Buffer<float>("prompt_mean"), mean);
        Assert.That(session.Buffer<long>("draft_argmax")[0], Is.EqualTo(Array.IndexOf(logits, logits.Max())));
        Assert.That(manifest.Files.Select(file => file.Path), Does.Contain("converted.safetensors"), "what the adapter changes is written anew");
    }

    private static Dictionary<string, long[]> Shapes(string checkpoint)
    {
        var shapes = new Dictionary<string, long[]>();
        foreach (var path in Directory.GetFiles(checkpoint, "model*.safetensors"))
        {
            using var file = SafetensorsFile.Open(path);
            foreach (var entry in file.Tensors.Values) shapes[entry.Name] = entry.Shape;
        }
        return shapes;
    }
}
