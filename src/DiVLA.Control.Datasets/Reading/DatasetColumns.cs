using DiVLA.Control.Datasets.Format;

namespace DiVLA.Control.Datasets.Reading;

/// <summary>The numbers of all rows of a dataset, by column. N rows.</summary>
internal sealed class DatasetColumns
{
    private readonly Dictionary<string, List<double>> _reals;
    private readonly Dictionary<string, List<long>> _integers;

    public DatasetColumns(DatasetInfo info)
    {
        _reals = info.Features.Where(feature => feature.Value.IsReal).ToDictionary(feature => feature.Key, _ => new List<double>());
        _integers = info.Features.Where(feature => feature.Value.Width == 1 && (feature.Value.IsInteger || feature.Value.IsBoolean)).ToDictionary(feature => feature.Key, _ => new List<long>());
    }

    public IEnumerable<string> RealNames => _reals.Keys;

    public IEnumerable<string> IntegerNames => _integers.Keys;

    /// <summary>`[N, width]`, row by row.</summary>
    public List<double> Reals(string name) => _reals[name];

    /// <summary>`[N]`; yes and no are 1 and 0.</summary>
    public List<long> Integers(string name) => _integers[name];
}
