using DiVLA.Control.ModelBuilder.Safetensors;

namespace DiVLA.Control.ModelBuilder.Tests.Reference;

/// <summary>All weights of a file as doubles.</summary>
internal sealed class ReferenceWeights
{
    private readonly Dictionary<string, double[]> _values;

    public ReferenceWeights(string path)
    {
        using var file = SafetensorsFile.Open(path);
        _values = file.Tensors.Keys.ToDictionary(name => name, name => Array.ConvertAll(file.Floats(name), value => (double)value));
    }

    public double[] this[string name] => _values[name];

    /// <summary>A `Linear` by name, with its bias where it has one.</summary>
    public double[] Linear(string name, double[] x) =>
        Rows.Linear(x, _values[$"{name}.weight"], _values.GetValueOrDefault($"{name}.bias"));

    public double[] LayerNorm(string name, double[] x) => Rows.LayerNorm(x, _values[$"{name}.weight"], _values[$"{name}.bias"], 1e-5);
}
