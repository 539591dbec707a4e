using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace DiVLA.Control.ModelBuilder.Safetensors;

/// <summary>A safetensors file, open for reading through a memory map.</summary>
public sealed unsafe class SafetensorsFile : IDisposable
{
    private readonly SafetensorsHeader _header;
    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _bytes;

    private SafetensorsFile(string path, SafetensorsHeader header, FileStream file)
    {
        Path = path;
        _header = header;
        _map = MemoryMappedFile.CreateFromFile(file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        _view = _map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _bytes);
    }

    /// <summary>Where the file lies.</summary>
    public string Path { get; }

    /// <summary>All tensors by name.</summary>
    public IReadOnlyDictionary<string, TensorEntry> Tensors => _header.Tensors;

    /// <summary>What the writer said about the file.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    /// <summary>Opens a file and validates its header.</summary>
    /// <exception cref="SafetensorsException">The header is wrong; the message names tensor and field.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static SafetensorsFile Open(string path)
    {
        var file = File.OpenRead(path);
        try
        {
            return new SafetensorsFile(path, SafetensorsHeader.Read(path, file), file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Finds a tensor.</summary>
    /// <exception cref="SafetensorsException">There is none of that name.</exception>
    public TensorEntry Entry(string name) =>
        Tensors.TryGetValue(name, out var entry) ? entry : throw new SafetensorsException(Path, name, "header", "is missing.");

    /// <summary>The bytes of a tensor, straight from the map: valid until the file is disposed.</summary>
    /// <exception cref="SafetensorsException">There is no such tensor, or it has more than 2 GiB.</exception>
    public ReadOnlySpan<byte> Bytes(string name)
    {
        var entry = Entry(name);
        return entry.Length <= int.MaxValue
            ? new ReadOnlySpan<byte>(_bytes + entry.FileOffset, (int)entry.Length)
            : throw new SafetensorsException(Path, name, "data", $"{entry.Length} bytes are too many to be read at once.");
    }

    /// <summary>A copy of a floating-point tensor, widened to 32 bits where it has 16.</summary>
    /// <exception cref="SafetensorsException">There is no such tensor, or it is not of type F32, F16 or BF16.</exception>
    public float[] Floats(string name)
    {
        var entry = Entry(name);
        if (!FloatWidening.Accepts(entry.Dtype))
            throw new SafetensorsException(Path, name, "dtype", $"is {entry.Dtype}, a floating-point type was expected.");
        var floats = new float[entry.Count];
        FloatWidening.Widen(entry.Dtype, Bytes(name), floats);
        return floats;
    }

    /// <summary>A copy of a tensor of type I64.</summary>
    /// <exception cref="SafetensorsException">There is no such tensor, or it is of another type.</exception>
    public long[] Integers(string name) => Entry(name).Dtype == SafetensorsDtype.I64
        ? MemoryMarshal.Cast<byte, long>(Bytes(name)).ToArray()
        : throw new SafetensorsException(Path, name, "dtype", $"is {Entry(name).Dtype}, I64 was expected.");

    /// <inheritdoc/>
    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _map.Dispose();
    }
}
