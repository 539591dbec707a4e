using System.Buffers.Binary;
using System.Text.Json;

namespace DiVLA.Control.ModelBuilder.Safetensors;

/// <summary>The validated header of a file: every offset inside the file, no overlap, no hole, every size equal to its shape's.</summary>
/// <remarks>
/// A file is: header length (8 bytes, little endian), header (JSON: name -> dtype, shape, data_offsets relative to the data), data.
/// See https://github.com/huggingface/safetensors, section 'Format'.
/// </remarks>
internal sealed class SafetensorsHeader
{
    /// <summary>Bytes before the header: its length.</summary>
    public const int PrefixLength = 8;

    /// <summary>Name of the one entry that is no tensor.</summary>
    public const string MetadataKey = "__metadata__";

    private const long MaxHeaderLength = 100_000_000;

    private readonly string _path;
    private readonly long _dataStart;
    private readonly long _dataLength;
    private readonly Dictionary<string, TensorEntry> _tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);

    private SafetensorsHeader(string path, long headerLength, long fileLength)
    {
        _path = path;
        _dataStart = PrefixLength + headerLength;
        _dataLength = fileLength - _dataStart;
    }

    public IReadOnlyDictionary<string, TensorEntry> Tensors => _tensors;

    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    /// <summary>Reads and validates the header of an open file.</summary>
    /// <exception cref="SafetensorsException">Something in the header is wrong.</exception>
    public static SafetensorsHeader Read(string path, Stream file)
    {
        var length = ReadLength(path, file);
        var bytes = new byte[length];
        file.ReadExactly(bytes);
        var header = new SafetensorsHeader(path, length, file.Length);
        header.Parse(bytes);
        header.CheckLayout();
        return header;
    }

    private static long ReadLength(string path, Stream file)
    {
        if (file.Length < PrefixLength)
            throw new SafetensorsException(path, null, "header length", $"the file has {file.Length} bytes, at least {PrefixLength} are needed.");
        Span<byte> prefix = stackalloc byte[PrefixLength];
        file.ReadExactly(prefix);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > MaxHeaderLength)
            throw new SafetensorsException(path, null, "header length", $"{length} bytes, at most {MaxHeaderLength} are allowed.");
        if (length > (ulong)(file.Length - PrefixLength))
            throw new SafetensorsException(path, null, "header length", $"{length} bytes, but only {file.Length - PrefixLength} follow.");
        return (long)length;
    }

    private void Parse(byte[] bytes)
    {
        try
        {
            using var json = JsonDocument.Parse(bytes);
            if (json.RootElement.ValueKind != JsonValueKind.Object) throw Fault(null, "header", "is not a JSON object.");
            foreach (var property in json.RootElement.EnumerateObject()) Add(property);
        }
        catch (JsonException invalid)
        {
            throw new SafetensorsException(_path, null, "header", $"is not valid JSON ({invalid.Message}).", invalid);
        }
    }

    private void Add(JsonProperty property)
    {
        if (property.Name == MetadataKey)
        {
            AddMetadata(property.Value);
            return;
        }
        if (!_tensors.TryAdd(property.Name, ParseTensor(property.Name, property.Value)))
            throw Fault(property.Name, "header", "is listed twice.");
    }

    private void AddMetadata(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object) throw Fault(MetadataKey, "header", "is not a JSON object.");
        foreach (var pair in value.EnumerateObject())
        {
            if (pair.Value.ValueKind != JsonValueKind.String) throw Fault(MetadataKey, pair.Name, "is not a string.");
            _metadata[pair.Name] = pair.Value.GetString()!;
        }
    }

    private TensorEntry ParseTensor(string name, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object) throw Fault(name, "header", "is not a JSON object.");
        var dtype = ParseDtype(name, Field(name, value, "dtype", JsonValueKind.String));
        var shape = ParseIntegers(name, "shape", Field(name, value, "shape", JsonValueKind.Array));
        var offsets = ParseIntegers(name, "data_offsets", Field(name, value, "data_offsets", JsonValueKind.Array));
        CheckOffsets(name, offsets);
        var length = offsets[1] - offsets[0];
        CheckSize(name, dtype, shape, length);
        return new TensorEntry(name, dtype, shape, _dataStart + offsets[0], length);
    }

    private JsonElement Field(string tensor, JsonElement value, string field, JsonValueKind kind)
    {
        if (!value.TryGetProperty(field, out var found)) throw Fault(tensor, field, "is missing.");
        return found.ValueKind == kind ? found : throw Fault(tensor, field, $"is a {found.ValueKind}, not a {kind}.");
    }

    private SafetensorsDtype ParseDtype(string tensor, JsonElement value) =>
        SafetensorsDtypes.TryParse(value.GetString()!, out var dtype)
            ? dtype
            : throw Fault(tensor, "dtype", $"'{value.GetString()}' is unknown.");

    private long[] ParseIntegers(string tensor, string field, JsonElement value)
    {
        var numbers = new long[value.GetArrayLength()];
        for (var i = 0; i < numbers.Length; i++)
            if (value[i].ValueKind != JsonValueKind.Number || !value[i].TryGetInt64(out numbers[i]) || numbers[i] < 0)
                throw Fault(tensor, field, $"element {i} is {value[i].GetRawText()}, not a whole number from 0.");
        return numbers;
    }

    private void CheckOffsets(string tensor, long[] offsets)
    {
        if (offsets.Length != 2) throw Fault(tensor, "data_offsets", $"has {offsets.Length} numbers, not 2.");
        if (offsets[0] > offsets[1]) throw Fault(tensor, "data_offsets", $"[{offsets[0]}, {offsets[1]}] ends before it begins.");
        if (offsets[1] > _dataLength)
            throw Fault(tensor, "data_offsets", $"[{offsets[0]}, {offsets[1]}] ends behind the data, which has {_dataLength} bytes.");
    }

    private void CheckSize(string tensor, SafetensorsDtype dtype, long[] shape, long length)
    {
        var needed = (Int128)dtype.Size();
        foreach (var size in shape)
        {
            needed *= size;
            if (needed > long.MaxValue) throw Fault(tensor, "shape", $"[{string.Join(", ", shape)}] is larger than any file.");
        }
        if (needed != length)
            throw Fault(tensor, "data_offsets", $"{length} bytes, but {dtype.HeaderName()} [{string.Join(", ", shape)}] needs {needed}.");
    }

    // Begins sorted, each tensor must start exactly where the one before it ends: that excludes overlaps and holes at once.
    private void CheckLayout()
    {
        var end = _dataStart;
        foreach (var entry in _tensors.Values.OrderBy(entry => entry.FileOffset).ThenBy(entry => entry.Length))
        {
            if (entry.FileOffset != end)
                throw Fault(entry.Name, "data_offsets", $"begins at {entry.FileOffset - _dataStart}, but the tensor before it ends at {end - _dataStart}.");
            end += entry.Length;
        }
        if (end != _dataStart + _dataLength)
            throw Fault(null, "data", $"has {_dataLength} bytes, but the tensors end at {end - _dataStart}.");
    }

    private SafetensorsException Fault(string? tensor, string field, string problem) => new(_path, tensor, field, problem);
}
