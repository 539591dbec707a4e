using System.Buffers.Binary;
using System.Text.Json;

namespace DiVLA.Control.ModelBuilder.Safetensors;

/// <summary>A safetensors file whose tensors are given places first and written later, one after the other, without ever being held in memory together.</summary>
internal sealed class DeferredSafetensors
{
    // As SafetensorsWriter does: the first tensor starts on a cache line of the mapped file.
    private const int Alignment = 64;

    // dtype, shape of up to five sides, two offsets, punctuation.
    private const int HeaderBytesPerTensor = 256;

    private readonly SafetensorsDtype _dtype;
    private readonly int _headerLength;
    private readonly List<Tensor> _tensors = [];
    private long _dataLength;

    /// <param name="dtype">Element type of every tensor.</param>
    /// <param name="names">Names that may be added: room is kept in the header for all of them.</param>
    public DeferredSafetensors(SafetensorsDtype dtype, IEnumerable<string> names)
        : this(dtype, names.Sum(name => HeaderBytesPerTensor + JsonEncodedText.Encode(name).EncodedUtf8Bytes.Length))
    {
    }

    /// <param name="dtype">Element type of every tensor.</param>
    /// <param name="room">Room that is kept in the header. Unit: bytes.</param>
    public DeferredSafetensors(SafetensorsDtype dtype, int room)
    {
        _dtype = dtype;
        _headerLength = (SafetensorsHeader.PrefixLength + room) / Alignment * Alignment + Alignment - SafetensorsHeader.PrefixLength;
    }

    /// <summary>Number of tensors added.</summary>
    public int Count => _tensors.Count;

    /// <summary>Size of the file. Unit: bytes.</summary>
    public long Length => SafetensorsHeader.PrefixLength + _headerLength + _dataLength;

    /// <summary>Gives a tensor the place behind the one that was added last.</summary>
    /// <param name="name">Name within the file.</param>
    /// <param name="shape">Sizes, outermost first.</param>
    /// <param name="write">Writes exactly the tensor's bytes.</param>
    public TensorEntry Add(string name, long[] shape, Action<Stream> write)
    {
        var length = shape.Aggregate((long)_dtype.Size(), (product, size) => checked(product * size));
        var entry = new TensorEntry(name, _dtype, shape, SafetensorsHeader.PrefixLength + _headerLength + _dataLength, length);
        _tensors.Add(new Tensor(entry, write));
        _dataLength += length;
        return entry;
    }

    /// <summary>Writes the file.</summary>
    /// <param name="path">Where there is none yet.</param>
    /// <param name="written">Told how much was written since it was last called. Unit: bytes.</param>
    /// <exception cref="InvalidOperationException">A tensor wrote more or fewer bytes than its shape has.</exception>
    public void Write(string path, Action<int>? written = null)
    {
        using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
        using var file = new CountingStream(stream, written);
        Span<byte> prefix = stackalloc byte[SafetensorsHeader.PrefixLength];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)_headerLength);
        file.Write(prefix);
        file.Write(Header());
        foreach (var (entry, write) in _tensors)
        {
            write(file);
            if (file.Position != entry.FileOffset + entry.Length)
                throw new InvalidOperationException($"Tensor '{entry.Name}' has {entry.Length} bytes, {file.Position - entry.FileOffset} were written.");
        }
        stream.Flush(flushToDisk: true);
    }

    private byte[] Header()
    {
        var dataStart = SafetensorsHeader.PrefixLength + _headerLength;
        var entries = _tensors.ToDictionary(tensor => tensor.Entry.Name, tensor => (object)new Dictionary<string, object>
        {
            ["dtype"] = tensor.Entry.Dtype.HeaderName(),
            ["shape"] = tensor.Entry.Shape,
            ["data_offsets"] = new[] { tensor.Entry.FileOffset - dataStart, tensor.Entry.FileOffset + tensor.Entry.Length - dataStart },
        });
        var json = JsonSerializer.SerializeToUtf8Bytes(entries);
        var padded = new byte[_headerLength];
        padded.AsSpan().Fill((byte)' ');
        json.CopyTo(padded, 0);
        return padded;
    }

    private readonly record struct Tensor(TensorEntry Entry, Action<Stream> Write);
}
