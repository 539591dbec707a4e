using DiVLA.Control.ModelBuilder.Bundles;
using DiVLA.Control.ModelBuilder.Onnx;
using DiVLA.Control.ModelBuilder.Safetensors;
using DiVLA.Control.Policy.Bundle;

namespace DiVLA.Control.ModelBuilder.Checkpoints.Shapes;

/// <summary>Whatever weights graphs ask for, made as they are written.</summary>
internal sealed class GeneratedWeights(TensorDtype dtype) : IBundleWeights
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "generated.safetensors";

    // The largest shape has two thousand tensors.
    private const int HeaderRoom = 1 << 20;
    private const int NumbersAtOnce = 1 << 16;

    private readonly Dictionary<string, long[]> _shapes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StoredTensor> _places = new(StringComparer.Ordinal);
    private readonly DeferredSafetensors _file = new(ElementTypes.ToSafetensors(dtype), HeaderRoom);

    /// <inheritdoc/>
    public string Path => "(generated weights)";

    /// <inheritdoc/>
    public TensorDtype Dtype => dtype;

    /// <inheritdoc/>
    public int Files => 1;

    /// <inheritdoc/>
    public IEnumerable<PlannedFile> Planned => [new PlannedFile(FileName, _file.Length, IsShared: false)];

    /// <inheritdoc/>
    public TensorEntry? Find(string name, long[] wanted)
    {
        _shapes.TryAdd(name, wanted);
        return new TensorEntry(name, ElementTypes.ToSafetensors(dtype), _shapes[name], 0, 0);
    }

    /// <inheritdoc/>
    public bool Accepts(SafetensorsDtype dtype) => true;

    /// <inheritdoc/>
    public StoredTensor Place(string name)
    {
        if (_places.TryGetValue(name, out var known)) return known;
        var entry = _file.Add(name, _shapes[name], target => Write(name, target));
        return _places[name] = new StoredTensor(FileName, entry.FileOffset, entry.Length);
    }

    /// <inheritdoc/>
    public float[] Floats(string name)
    {
        var numbers = new float[Count(name)];
        new GeneratedTensor(name, _shapes[name]).Fill(0, numbers);
        return numbers;
    }

    /// <inheritdoc/>
    public IEnumerable<string> FaultsOfUnread(IReadOnlySet<string> read) => [];

    /// <inheritdoc/>
    public void Write(string directory, StepCounter steps)
    {
        steps.Next(FileName, _file.Length);
        _file.Write(System.IO.Path.Combine(directory, FileName), steps.Advance);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private long Count(string name) => _shapes[name].Aggregate(1L, (product, size) => product * size);

    private void Write(string name, Stream target)
    {
        var (tensor, count) = (new GeneratedTensor(name, _shapes[name]), Count(name));
        var numbers = new float[Math.Min(NumbersAtOnce, count)];
        var bytes = new byte[numbers.Length * FloatBytes.Size(dtype)];
        for (var done = 0L; done < count; done += numbers.Length)
        {
            var now = numbers.AsSpan(0, (int)Math.Min(numbers.Length, count - done));
            tensor.Fill(done, now);
            FloatBytes.Write(dtype, now, bytes);
            target.Write(bytes, 0, now.Length * FloatBytes.Size(dtype));
        }
    }
}
