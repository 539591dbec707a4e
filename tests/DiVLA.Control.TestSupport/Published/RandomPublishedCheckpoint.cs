using System.Text.Json;
using System.Text.Json.Nodes;
using DiVLA.Control.ModelBuilder;
using DiVLA.Control.ModelBuilder.Bundles;
using DiVLA.Control.ModelBuilder.Checkpoints.Published;
using DiVLA.Control.ModelBuilder.Onnx;
using DiVLA.Control.ModelBuilder.Safetensors;
using DiVLA.Control.Policy.Bundle;

namespace DiVLA.Control.TestSupport.Published;

/// <summary>Checkpoints in the published layout with random weights of any sizes; tokenizer and preprocessor are the golden one's.</summary>
internal static class RandomPublishedCheckpoint
{
    /// <summary>Writes a folder.</summary>
    /// <param name="directory">Where to.</param>
    /// <param name="change">Changes the golden `config.json`.</param>
    /// <param name="seed">Of the weights.</param>
    /// <param name="shards">Number of files.</param>
    /// <param name="dtype">Element type of the weights.</param>
    public static void Write(string directory, Action<JsonNode> change, int seed = 1, int shards = 2, SafetensorsDtype dtype = SafetensorsDtype.F32)
    {
        Directory.CreateDirectory(directory);
        foreach (var path in Directory.GetFiles(GoldenFolder.Own.Checkpoint).Where(IsCopied)) File.Copy(path, Path.Combine(directory, Path.GetFileName(path)));
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(GoldenFolder.Own.Checkpoint, ModelConfig.FileName)))!;
        change(config);
        File.WriteAllText(Path.Combine(directory, ModelConfig.FileName), config.ToJsonString());
        WriteStatistics(directory, (int)config["policy_head_config"]!["input_dim"]!, (int)config["policy_head_config"]!["state_dim"]!);
        WriteShards(directory, Weights(directory, seed, dtype), shards);
    }

    private static bool IsCopied(string path) => Path.GetExtension(path) == ".json" && Path.GetFileName(path) is not (ModelConfig.FileName or ShardIndex.FileName or "dataset_stats.json");

    private static void WriteStatistics(string directory, int actions, int states)
    {
        double[] Each(int count, Func<int, double> value) => [.. Enumerable.Range(0, count).Select(value)];
        var statistics = new Dictionary<string, double[]>
        {
            ["action_min"] = Each(actions, i => -1 - 0.1 * i),
            ["action_max"] = Each(actions, i => 1 + 0.05 * i),
            ["qpos_mean"] = Each(states, i => 0.1 * i),
            ["qpos_std"] = Each(states, i => 0.5 + 0.1 * i),
        };
        File.WriteAllText(Path.Combine(directory, "dataset_stats.json"), JsonSerializer.Serialize(statistics));
    }

    // The graphs themselves say what they need; that these names and shapes are the published ones is for the golden tests.
    private static IReadOnlyList<TensorData> Weights(string directory, int seed, SafetensorsDtype dtype)
    {
        var faults = new List<string>();
        var config = PublishedConfig.Read(directory, null, faults);
        var model = PublishedModel.Create(directory, config, [new CameraConfig("camera", 56, 56)], new TextLengths(64, 8), faults);
        if (model is null || faults.Count > 0) throw new InvalidDataException(string.Join(Environment.NewLine, faults));
        var store = new RecordingWeights(directory);
        PublishedGraphs.Build(model, store);
        var weights = new RandomWeights(seed);
        foreach (var (name, shape) in store.Wanted) weights.Add(name, Mean(name, shape), Deviation(name, shape), shape);
        return dtype == SafetensorsDtype.F32 ? weights.Tensors : [.. weights.Tensors.Select(tensor => As(tensor, dtype))];
    }

    private static double Mean(string name, long[] shape) => shape.Length == 1 && name.EndsWith("weight", StringComparison.Ordinal) ? 1 : 0;

    private static double Deviation(string name, long[] shape) => name.StartsWith("model.embed", StringComparison.Ordinal) ? 1
        : shape.Length == 1 ? 0.1
        : 1 / Math.Sqrt(shape.Skip(1).Aggregate(1L, (product, size) => product * size));

    private static TensorData As(TensorData tensor, SafetensorsDtype dtype)
    {
        var numbers = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(tensor.Bytes.Span);
        return tensor with { Dtype = dtype, Bytes = FloatBytes.Of(dtype == SafetensorsDtype.F16 ? TensorDtype.F16 : TensorDtype.BF16, numbers) };
    }

    private static void WriteShards(string directory, IReadOnlyList<TensorData> tensors, int shards)
    {
        if (shards == 1)
        {
            SafetensorsWriter.Write(Path.Combine(directory, "model.safetensors"), tensors);
            return;
        }
        var map = new Dictionary<string, string>();
        for (var shard = 0; shard < shards; shard++)
        {
            var name = $"model-{shard + 1:00000}-of-{shards:00000}.safetensors";
            TensorData[] own = [.. tensors.Where((_, index) => index * shards / tensors.Count == shard)];
            SafetensorsWriter.Write(Path.Combine(directory, name), own);
            foreach (var tensor in own) map[tensor.Name] = name;
        }
        File.WriteAllText(Path.Combine(directory, ShardIndex.FileName), JsonSerializer.Serialize(new { metadata = new { total_size = 0 }, weight_map = map }));
    }

    /// <summary>Has whatever is asked for, and remembers it.</summary>
    private sealed class RecordingWeights(string path) : IWeightStore
    {
        private readonly Dictionary<string, long[]> _wanted = new(StringComparer.Ordinal);

        public IReadOnlyDictionary<string, long[]> Wanted => _wanted;

        public string Path => path;

        public TensorDtype Dtype => TensorDtype.F32;

        public TensorEntry? Find(string name, long[] wanted)
        {
            _wanted[name] = wanted;
            return new TensorEntry(name, SafetensorsDtype.F32, wanted, 0, 0);
        }

        public bool Accepts(SafetensorsDtype dtype) => true;

        public StoredTensor Place(string name) => new("model.safetensors", 0, 0);

        public float[] Floats(string name) => new float[_wanted[name].Aggregate(1L, (product, size) => product * size)];
    }
}
