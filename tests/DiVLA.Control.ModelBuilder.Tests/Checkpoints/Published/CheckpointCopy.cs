using System.Text.Json.Nodes;
using DiVLA.Control.ModelBuilder.Safetensors;
using DiVLA.Control.TestSupport;

namespace DiVLA.Control.ModelBuilder.Tests.Checkpoints.Published;

/// <summary>A copy of the golden checkpoint that a test may damage.</summary>
internal sealed class CheckpointCopy : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public CheckpointCopy()
    {
        foreach (var file in Directory.EnumerateFiles(GoldenFolder.Own.Checkpoint)) File.Copy(file, PathOf(Path.GetFileName(file)));
    }

    public string Folder => _folder.Path;

    public string PathOf(string file) => _folder.File(file);

    /// <summary>Changes a JSON file.</summary>
    public void Edit(string file, Action<JsonNode> change)
    {
        var node = JsonNode.Parse(File.ReadAllText(PathOf(file)))!;
        change(node);
        File.WriteAllText(PathOf(file), node.ToJsonString());
    }

    /// <summary>Writes a shard anew with its tensors changed.</summary>
    public void Rewrite(string file, Func<TensorData, IEnumerable<TensorData>> change)
    {
        TensorData[] tensors;
        using (var shard = SafetensorsFile.Open(PathOf(file)))
            tensors = [.. shard.Tensors.Values.Select(entry => new TensorData(entry.Name, entry.Dtype, entry.Shape, shard.Bytes(entry.Name).ToArray()))];
        SafetensorsWriter.Write(PathOf(file), tensors.SelectMany(change));
    }

    public void Dispose() => _folder.Dispose();
}
