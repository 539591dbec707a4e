using System.Globalization;

namespace DiVLA.Control.Policy.Bundle.Checks;

/// <summary>Collects everything that is wrong with one bundle.</summary>
internal sealed class FaultList
{
    private readonly List<BundleFault> _faults = [];

    public IReadOnlyList<BundleFault> Faults => _faults;

    public void Add(string file, string field, object? found, string expected) =>
        _faults.Add(new BundleFault(file, field, Convert.ToString(found, CultureInfo.InvariantCulture) ?? "", expected));

    /// <summary>Notes a fault unless the condition holds; says whether it does.</summary>
    public bool Require(bool condition, string file, string field, object? found, string expected)
    {
        if (!condition) Add(file, field, found, expected);
        return condition;
    }

    /// <summary>True where any of the files has a fault.</summary>
    public bool Any(IEnumerable<string> files) => _faults.Exists(fault => files.Contains(fault.File));
}
