namespace DiVLA.Control.ModelBuilder.Statistics.Pickle;

/// <summary>A dictionary, in the order it was written.</summary>
internal sealed class PickleDictionary
{
    private readonly Dictionary<string, object?> _entries = new(StringComparer.Ordinal);

    public void Set(string key, object? value) => _entries[key] = value;

    public bool TryGet(string key, out object? value) => _entries.TryGetValue(key, out value);
}

/// <summary>A tuple.</summary>
internal sealed record PickleTuple(object?[] Items);

/// <summary>A name that the pickle refers to. It stays a name: what it names in Python does not exist here.</summary>
internal sealed record PickleGlobal(string Name);

/// <summary>An element type of numpy.</summary>
internal sealed class PickleDtype(string name)
{
    /// <summary>As numpy abbreviates it: kind and size in bytes, `f4`.</summary>
    public string Name { get; } = name;
}

/// <summary>An array of numpy; without shape and values until its state is set.</summary>
internal sealed class PickleArray
{
    public long[] Shape { get; set; } = [];

    public double[] Values { get; set; } = [];
}
