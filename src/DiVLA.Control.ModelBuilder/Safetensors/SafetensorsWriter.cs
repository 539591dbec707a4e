using System.Buffers.Binary;
using System.Text.Json;

namespace DiVLA.Control.ModelBuilder.Safetensors;

/// <summary>Writes safetensors files.</summary>
public static class SafetensorsWriter
{
    // The header is padded with spaces, so that the first tensor starts on a cache line of the mapped file.
    private const int Alignment = 64;

    /// <summary>Writes a file beside its destination and then moves it there: a reader sees the old file or the new one, never half of one.</summary>
    /// <remarks>Tensors are laid out by element size, largest first, then by name, so that each one is aligned and equal input gives equal bytes.</remarks>
    /// <exception cref="ArgumentException">Two tensors share a name, or one has more or fewer bytes than its shape.</exception>
    public static void Write(string path, IEnumerable<TensorData> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var ordered = tensors.OrderByDescending(tensor => tensor.Dtype.Size()).ThenBy(tensor => tensor.Name, StringComparer.Ordinal).ToArray();
        Validate(ordered);
        var header = Header(ordered, metadata);
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            WriteNew(temporary, header, ordered);
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private static void Validate(TensorData[] tensors)
    {
        var names = new HashSet<string>(StringComparer.Ordinal) { SafetensorsHeader.MetadataKey };
        foreach (var tensor in tensors)
        {
            if (!names.Add(tensor.Name)) throw new ArgumentException($"The name '{tensor.Name}' is taken.", nameof(tensors));
            var needed = tensor.Shape.Aggregate((long)tensor.Dtype.Size(), (product, size) => checked(product * size));
            if (needed != tensor.Bytes.Length)
                throw new ArgumentException(
                    $"Tensor '{tensor.Name}' has {tensor.Bytes.Length} bytes, {tensor.Dtype} [{string.Join(", ", tensor.Shape)}] needs {needed}.",
                    nameof(tensors));
        }
    }

    private static byte[] Header(TensorData[] tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        var header = new Dictionary<string, object>(StringComparer.Ordinal);
        if (metadata is { Count: > 0 }) header[SafetensorsHeader.MetadataKey] = metadata;
        var offset = 0L;
        foreach (var tensor in tensors)
        {
            header[tensor.Name] = new HeaderEntry(tensor.Dtype.HeaderName(), tensor.Shape, [offset, offset + tensor.Bytes.Length]);
            offset += tensor.Bytes.Length;
        }
        return Pad(JsonSerializer.SerializeToUtf8Bytes(header, HeaderJson));
    }

    private static byte[] Pad(byte[] json)
    {
        var end = SafetensorsHeader.PrefixLength + json.Length;
        var padded = new byte[json.Length + (Alignment - end % Alignment) % Alignment];
        padded.AsSpan().Fill((byte)' ');
        json.CopyTo(padded, 0);
        return padded;
    }

    private static void WriteNew(string path, byte[] header, TensorData[] tensors)
    {
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
        Span<byte> prefix = stackalloc byte[SafetensorsHeader.PrefixLength];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)header.Length);
        file.Write(prefix);
        file.Write(header);
        foreach (var tensor in tensors) file.Write(tensor.Bytes.Span);
        file.Flush(flushToDisk: true);
    }

    private static JsonSerializerOptions HeaderJson { get; } = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private sealed record HeaderEntry(string Dtype, long[] Shape, long[] DataOffsets);
}
