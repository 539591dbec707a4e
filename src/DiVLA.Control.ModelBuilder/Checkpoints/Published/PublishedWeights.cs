using DiVLA.Control.ModelBuilder.Bundles;
using DiVLA.Control.ModelBuilder.Checkpoints.Lora;
using DiVLA.Control.ModelBuilder.Graphs;
using DiVLA.Control.ModelBuilder.Onnx;
using DiVLA.Control.ModelBuilder.Safetensors;
using DiVLA.Control.Policy.Bundle;

namespace DiVLA.Control.ModelBuilder.Checkpoints.Published;

/// <summary>The weights of a published checkpoint, all shards, with an adapter merged into them. What has the type and alignment that the graphs want stays where it is.</summary>
/// <remarks>
/// The rest is converted: it gets a place in a file of its own in the order in which the graphs ask for it, so that what a graph packs together
/// lies together, and is streamed there at the end.
/// </remarks>
internal sealed class PublishedWeights : IBundleWeights
{
    /// <summary>Name of the file with converted weights.</summary>
    public const string ConvertedFileName = "converted.safetensors";

    private readonly Shards _shards;
    private readonly LoraAdapter? _adapter;
    private readonly Dictionary<string, StoredName> _tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StoredTensor> _places = new(StringComparer.Ordinal);
    private readonly HashSet<SafetensorsFile> _kept = [];
    private readonly List<StoredName> _keptTensors = [];
    private readonly List<string> _numberFaults = [];
    private readonly DeferredSafetensors _converted;

    private PublishedWeights(string directory, Shards shards, TensorDtype dtype, LoraAdapter? adapter)
    {
        (Path, _shards, Dtype, _adapter) = (directory, shards, dtype, adapter);
        foreach (var shard in shards.Files)
            foreach (var name in shard.Tensors.Keys) _tensors[name] = new StoredName(shard, name);
        foreach (var name in adapter?.WholeTensors ?? []) _tensors[name] = adapter!.Replacement(name)!.Value;
        _converted = new DeferredSafetensors(ElementTypes.ToSafetensors(dtype), _tensors.Keys);
    }

    /// <inheritdoc/>
    public string Path { get; }

    /// <inheritdoc/>
    public TensorDtype Dtype { get; }

    /// <summary>Shards that graphs refer to as they are.</summary>
    public IEnumerable<SafetensorsFile> Kept => _kept;

    /// <summary>What is converted.</summary>
    public DeferredSafetensors Converted => _converted;

    /// <inheritdoc/>
    public int Files => _kept.Count + (_converted.Count > 0 ? 1 : 0);

    /// <inheritdoc/>
    public IEnumerable<PlannedFile> Planned =>
    [
        .. _kept.Select(shard => new PlannedFile(System.IO.Path.GetFileName(shard.Path), new FileInfo(shard.Path).Length, IsShared: true)),
        .. _converted.Count > 0 ? [new PlannedFile(ConvertedFileName, _converted.Length, IsShared: false)] : Array.Empty<PlannedFile>(),
    ];

    /// <summary>Opens all shards of a checkpoint's folder.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="dtype">Element type of the graphs: F32, F16 or BF16.</param>
    /// <param name="faults">Takes what is missing, damaged or contradictory.</param>
    /// <param name="adapter">What is merged; disposed with the weights. Null for nothing.</param>
    public static PublishedWeights Open(string directory, TensorDtype dtype, ICollection<string> faults, LoraAdapter? adapter = null)
    {
        var shards = ShardIndex.Open(directory, faults);
        if (shards.Lost.Count == 0 && shards.Files.Count > 0)
            foreach (var fault in adapter?.FaultsWith(shards.ShapeOf) ?? []) faults.Add(fault);
        foreach (var shard in shards.Files.Where(shard => System.IO.Path.GetFileName(shard.Path) == ConvertedFileName))
            faults.Add($"{shard.Path}: has the name of the file with converted weights; give it another.");
        return new PublishedWeights(directory, shards, dtype, adapter);
    }

    /// <inheritdoc/>
    public TensorEntry? Find(string name, long[] wanted) => _tensors.TryGetValue(name, out var stored) ? stored.Entry : null;

    /// <inheritdoc/>
    public string PathOf(string name) => _tensors.TryGetValue(name, out var stored) ? stored.File.Path : Path;

    /// <inheritdoc/>
    public bool IsLost(string name) => _shards.Files.Count == 0 || _shards.Lost.Contains(name);

    /// <inheritdoc/>
    public bool Accepts(SafetensorsDtype dtype) => FloatWidening.Accepts(dtype);

    /// <inheritdoc/>
    public StoredTensor Place(string name)
    {
        if (_places.TryGetValue(name, out var known)) return known;
        var stored = _tensors[name];
        return _places[name] = CanStay(name, stored) ? Keep(stored) : Convert(name, stored);
    }

    /// <inheritdoc/>
    public float[] Floats(string name)
    {
        var stored = _tensors[name];
        var values = stored.File.Floats(stored.Name);
        _adapter?.Update(name)?.AddTo(0, values);
        return values;
    }

    /// <inheritdoc/>
    /// <remarks>A tied head may have been saved a second time, under its own name; it is never read, here as there.</remarks>
    public IEnumerable<string> FaultsOfUnread(IReadOnlySet<string> read) =>
        from name in _tensors.Keys.Order(StringComparer.Ordinal)
        where !read.Contains(name) && name != DecoderShape.UntiedHeadWeight
        select $"{_tensors[name].File.Path}: tensor '{_tensors[name].Name}': no graph reads it.";

    /// <inheritdoc/>
    public void Write(string directory, StepCounter steps)
    {
        foreach (var shard in _kept)
        {
            var name = System.IO.Path.GetFileName(shard.Path);
            steps.Next(name, 2 * new FileInfo(shard.Path).Length);
            CheckNumbers(shard, steps);
            BundleFiles.LinkOrCopy(shard.Path, System.IO.Path.Combine(directory, name), steps);
        }
        if (_converted.Count > 0)
        {
            steps.Next(ConvertedFileName, _converted.Length);
            _converted.Write(System.IO.Path.Combine(directory, ConvertedFileName), steps.Advance);
        }
        if (_numberFaults.Count > 0) throw new ModelBuildException([.. _numberFaults]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var shard in _shards.Files) shard.Dispose();
        _adapter?.Dispose();
    }

    private bool CanStay(string name, StoredName stored) =>
        stored.Entry.Dtype == ElementTypes.ToSafetensors(Dtype)
        && stored.Entry.FileOffset % stored.Entry.Dtype.Size() == 0
        && _adapter?.Changes(name) != true
        && _shards.Files.Contains(stored.File);

    private StoredTensor Keep(StoredName stored)
    {
        _kept.Add(stored.File);
        _keptTensors.Add(stored);
        return new StoredTensor(System.IO.Path.GetFileName(stored.File.Path), stored.Entry.FileOffset, stored.Entry.Length);
    }

    private StoredTensor Convert(string name, StoredName stored)
    {
        var entry = _converted.Add(name, stored.Entry.Shape, target =>
        {
            var numbers = TensorStream.Copy(stored.File.Path, stored.Entry, Dtype, _adapter?.Update(name), target);
            if (FaultOf(numbers, stored, _adapter?.Changes(name) == true) is { } fault) _numberFaults.Add(fault);
        });
        return new StoredTensor(ConvertedFileName, entry.FileOffset, entry.Length);
    }

    // What is found here would be found by the probes as well, but without the tensor's name, and not in rows of a table that they do not touch.
    private void CheckNumbers(SafetensorsFile shard, StepCounter steps)
    {
        foreach (var stored in _keptTensors.Where(stored => stored.File == shard))
            if (!TensorStream.IsFinite(shard.Path, stored.Entry, steps.Advance))
                _numberFaults.Add(FaultOf(TensorNumbers.NotFinite, stored, isAdapted: false)!);
    }

    private static string? FaultOf(TensorNumbers numbers, StoredName stored, bool isAdapted) => numbers switch
    {
        TensorNumbers.TooLarge =>
            $"{stored.File.Path}: tensor '{stored.Name}': has numbers beyond {FloatBytes.LargestHalf}, the largest of fp16; build with fp32 or bf16.",
        TensorNumbers.NotFinite =>
            $"{stored.File.Path}: tensor '{stored.Name}': has numbers that are NaN or infinite{(isAdapted ? ", itself or by the adapter" : "")}; the training that wrote it has diverged, or the file is damaged.",
        _ => null,
    };
}
