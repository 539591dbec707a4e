using DiVLA.Control.ModelBuilder.Onnx;
using DiVLA.Control.ModelBuilder.Safetensors;
using DiVLA.Control.Policy.Bundle;

namespace DiVLA.Control.TestSupport.Heads;

/// <summary>A temporary folder with one weight file, and graphs over it.</summary>
internal sealed class GraphFolder : IDisposable
{
    private readonly SafetensorsFile _weights;

    public GraphFolder(IEnumerable<TensorData> weights)
    {
        Folder = Directory.CreateTempSubdirectory("divla-graphs-").FullName;
        SafetensorsWriter.Write(Path.Combine(Folder, "model.safetensors"), weights);
        _weights = SafetensorsFile.Open(Path.Combine(Folder, "model.safetensors"));
    }

    /// <summary>One weight file out of all that lie in a folder.</summary>
    public static GraphFolder Of(string checkpoint) => new(Directory.GetFiles(checkpoint, "model*.safetensors").SelectMany(Tensors));

    /// <summary>Every tensor of a file in fp32, whatever it is stored as.</summary>
    public static IEnumerable<TensorData> Copies(SafetensorsFile file) =>
        file.Tensors.Values.Select(entry => TensorData.FromFloats(entry.Name, entry.Shape, file.Floats(entry.Name)));

    public string Folder { get; }

    /// <summary>The weights, for a graph that is built elsewhere.</summary>
    public WeightSource CreateSource() => new(_weights);

    /// <summary>Writes a graph beside the weights.</summary>
    public GraphManifest Build(string name, Action<GraphBuilder> build)
    {
        var source = CreateSource();
        var graph = new GraphBuilder(name, source);
        build(graph);
        source.ThrowOnFaults();
        File.WriteAllBytes(Path.Combine(Folder, $"{name}.onnx"), graph.ToBytes());
        return new GraphManifest($"{name}.onnx", [.. graph.Inputs], [.. graph.Outputs], new Dictionary<string, string>());
    }

    public void Dispose()
    {
        _weights.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private static TensorData[] Tensors(string path)
    {
        using var file = SafetensorsFile.Open(path);
        return [.. Copies(file)];
    }
}
