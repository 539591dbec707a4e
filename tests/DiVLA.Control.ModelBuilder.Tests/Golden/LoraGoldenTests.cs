using DiVLA.Control.ModelBuilder.Checkpoints.Lora;
using DiVLA.Control.ModelBuilder.Safetensors;
using DiVLA.Control.TestSupport;

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
