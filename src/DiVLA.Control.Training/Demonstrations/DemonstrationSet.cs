using DiVLA.Control.Datasets.Format;
using DiVLA.Control.ModelBuilder;
using DiVLA.Control.Robot;
using DiVLA.Control.Training.Data;

namespace DiVLA.Control.Training.Demonstrations;

/// <summary>Several datasets as one, in the order given. N rows in all.</summary>
internal sealed class DemonstrationSet
{
    private readonly long[] _first;

    private DemonstrationSet(IReadOnlyList<DemonstrationDataset> datasets)
    {
        Datasets = datasets;
        _first = new long[datasets.Count + 1];
        for (var i = 0; i < datasets.Count; i++) _first[i + 1] = _first[i] + datasets[i].Dataset.Rows;
    }

    public IReadOnlyList<DemonstrationDataset> Datasets { get; }

    /// <summary>N.</summary>
    public long Rows => _first[^1];

    /// <summary>All instructions and phrases.</summary>
    public IEnumerable<string> Texts => Datasets.SelectMany(data => data.Dataset.Tasks.Concat(data.Phrases.OfType<string>().Distinct()));

    /// <summary>Opens datasets.</summary>
    /// <exception cref="DatasetRejectedException">At least one cannot be used; every fault of all of them is named.</exception>
    public static DemonstrationSet Open(IReadOnlyList<string> directories, ColumnMap map, EmbodimentProfile arm, IReadOnlyList<CameraConfig> cameras)
    {
        var datasets = new List<DemonstrationDataset>();
        var faults = new List<DatasetFault>();
        foreach (var directory in directories)
            try
            {
                datasets.Add(DemonstrationDataset.Open(directory, map, arm, cameras));
            }
            catch (DatasetRejectedException rejected)
            {
                faults.AddRange(rejected.Faults.Select(fault => directories.Count == 1 ? fault : fault with { File = Path.Combine(directory, fault.File) }));
            }
        return faults.Count == 0 ? new DemonstrationSet(datasets) : throw new DatasetRejectedException(string.Join("', '", directories), faults);
    }

    /// <summary>Texts that are longer than the policy can read or say.</summary>
    public IEnumerable<string> TooLong(PromptConfig prompt, Vocabulary vocabulary)
    {
        foreach (var text in Datasets.SelectMany(data => data.Dataset.Tasks).Distinct().Where(text => vocabulary.Encode(text).Length > prompt.InstructionTokens))
            yield return $"instruction '{text}' has {vocabulary.Encode(text).Length} words, expected at most {prompt.InstructionTokens}";
        foreach (var text in Datasets.SelectMany(data => data.Phrases).OfType<string>().Distinct().Where(text => vocabulary.Encode(text).Length > prompt.MaxPhraseTokens))
            yield return $"phrase '{text}' has {vocabulary.Encode(text).Length} words, expected at most {prompt.MaxPhraseTokens}";
    }

    /// <summary>Row of one dataset for a row of all.</summary>
    public (DemonstrationDataset Dataset, long Row) Locate(long row)
    {
        var at = Array.BinarySearch(_first, row);
        // Ends of datasets without rows in between are found first; there are none.
        var dataset = at >= 0 ? at : ~at - 1;
        return (Datasets[dataset], row - _first[dataset]);
    }
}
