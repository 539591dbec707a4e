using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace DiVLA.Control.Training.Checkpoints;

/// <summary>Named fp32 weights in a .safetensors file: 8 bytes of header length, a JSON header, raw little-endian numbers.</summary>
internal static class SafetensorsFile
{
    /// <summary>Writes all weights; the file appears whole or not at all.</summary>
    public static void Save(string path, IEnumerable<(string Name, Tensor Weight)> weights)
    {
        var ordered = weights.OrderBy(w => w.Name, StringComparer.Ordinal).ToArray();
        var header = new JsonObject();
        long offset = 0;
        foreach (var (name, weight) in ordered)
        {
            var end = offset + weight.numel() * sizeof(float);
            header[name] = new JsonObject { ["dtype"] = "F32", ["shape"] = Numbers(weight.shape), ["data_offsets"] = Numbers([offset, end]) };
            offset = end;
        }
        var json = Encoding.UTF8.GetBytes(header.ToJsonString());
        var padded = (json.Length + 7) / 8 * 8;
        var temporary = path + ".tmp";
        using (var file = File.Create(temporary))
        {
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(length, padded);
            file.Write(length);
            file.Write(json);
            file.Write(Encoding.ASCII.GetBytes(new string(' ', padded - json.Length)));
            foreach (var (_, weight) in ordered) file.Write(MemoryMarshal.AsBytes<float>(Values(weight)));
        }
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Reads every weight of the file into the tensor of the same name.</summary>
    /// <exception cref="InvalidDataException">Names or shapes differ.</exception>
    public static void Load(string path, IEnumerable<(string Name, Tensor Weight)> weights)
    {
        var bytes = File.ReadAllBytes(path);
        var headerLength = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        using var header = JsonDocument.Parse(bytes.AsMemory(8, headerLength));
        using var _ = no_grad();
        foreach (var (name, weight) in weights)
        {
            if (!header.RootElement.TryGetProperty(name, out var entry)) throw new InvalidDataException($"{path}: no weight named {name}.");
            var shape = entry.GetProperty("shape").EnumerateArray().Select(n => n.GetInt64()).ToArray();
            if (!shape.SequenceEqual(weight.shape))
                throw new InvalidDataException($"{path}: {name} has shape [{string.Join(", ", shape)}], expected [{string.Join(", ", weight.shape)}].");
            var start = 8 + headerLength + entry.GetProperty("data_offsets")[0].GetInt32();
            var values = MemoryMarshal.Cast<byte, float>(bytes.AsSpan(start, checked((int)weight.numel() * sizeof(float)))).ToArray();
            using var loaded = tensor(values, shape);
            weight.copy_(loaded);
        }
    }

    private static float[] Values(Tensor weight)
    {
        using var plain = weight.detach().contiguous();
        return plain.data<float>().ToArray();
    }

    private static JsonArray Numbers(IEnumerable<long> numbers) => new([.. numbers.Select(n => (JsonNode)n)]);
}
