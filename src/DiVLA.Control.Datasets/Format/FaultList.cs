namespace DiVLA.Control.Datasets.Format;

/// <summary>Gathers faults, so that all are told at once.</summary>
internal sealed class FaultList(string directory)
{
    private readonly List<DatasetFault> _faults = [];

    public int Count => _faults.Count;

    public void Add(string file, string problem) => _faults.Add(new DatasetFault(file, null, null, problem));

    public void Add(string file, string column, string problem) => _faults.Add(new DatasetFault(file, null, column, problem));

    public void Add(string file, long row, string column, string problem) => _faults.Add(new DatasetFault(file, row, column, problem));

    /// <exception cref="DatasetRejectedException">There is a fault.</exception>
    public void ThrowIfAny()
    {
        if (_faults.Count > 0) throw new DatasetRejectedException(directory, _faults);
    }
}
