using DiVLA.Control.Datasets.Format;
using DiVLA.Control.Datasets.Tables;

namespace DiVLA.Control.Datasets.Reading;

/// <summary>Reads `meta/episodes`: where every episode's rows and frames are.</summary>
internal static class EpisodesReader
{
    /// <summary>Entries in the order of their numbers; faults where they do not add up to what info.json says.</summary>
    public static List<EpisodeEntry> Read(string directory, DatasetInfo info, FaultList faults)
    {
        var before = faults.Count;
        var episodes = ReadEntries(directory, info, faults);
        if (faults.Count > before) return [];
        if (episodes.Count != info.TotalEpisodes)
            faults.Add(DatasetInfo.Path, "total_episodes", $"found {info.TotalEpisodes}, but meta/episodes has {episodes.Count} rows{Advice(episodes.Count, info)}");
        if (episodes.Sum(episode => (long)episode.Length) is var frames && frames != info.TotalFrames)
            faults.Add(DatasetInfo.Path, "total_frames", $"found {info.TotalFrames}, but the episodes of meta/episodes have {frames} rows together");
        return episodes;
    }

    /// <summary>Entries as they are, counted by info.json or not.</summary>
    public static List<EpisodeEntry> ReadEntries(string directory, DatasetInfo info, FaultList faults) => [.. Files(directory).SelectMany(file => ReadFile(directory, file, info, faults))];

    /// <summary>Files of entries, in order, relative to the dataset.</summary>
    public static IEnumerable<string> Files(string directory)
    {
        var folder = Path.Combine(directory, "meta", "episodes");
        return Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, "file-*.parquet", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(directory, file).Replace('\\', '/')).Order(StringComparer.Ordinal)
            : [];
    }

    private static string Advice(int found, DatasetInfo info) => found > info.TotalEpisodes
        ? ". Recording was cut off between two files: append to it with `divla record`, which first removes what is unfinished."
        : "";

    private static EpisodeEntry[] ReadFile(string directory, string file, DatasetInfo info, FaultList faults)
    {
        using var table = TableReader.TryOpen(directory, file, faults);
        if (table is null) return [];
        var before = faults.Count;
        var columns = Columns(info).ToDictionary(column => column, column => table.ReadIntegers(column, faults));
        var tasks = table.ReadTextLists("tasks", faults);
        var times = info.VideoKeys.SelectMany(key => (string[])[$"videos/{key}/from_timestamp", $"videos/{key}/to_timestamp"])
            .ToDictionary(column => column, column => table.ReadReals(column, 1, faults));
        if (faults.Count > before) return [];
        var entries = Enumerable.Range(0, (int)table.Rows).Select(row => Entry(info, row, columns, tasks[row], times)).ToArray();
        for (var row = 0; row < entries.Length; row++) Check(file, row, entries[row], columns["dataset_to_index"][row], faults);
        return entries;
    }

    private static IEnumerable<string> Columns(DatasetInfo info) =>
    [
        "episode_index", "length", "data/chunk_index", "data/file_index", "dataset_from_index", "dataset_to_index", "meta/episodes/chunk_index", "meta/episodes/file_index",
        .. info.VideoKeys.SelectMany(key => (string[])[$"videos/{key}/chunk_index", $"videos/{key}/file_index"]),
    ];

    private static EpisodeEntry Entry(DatasetInfo info, int row, Dictionary<string, long[]> columns, string[] tasks, Dictionary<string, double[]> times)
    {
        FileLocation At(string kind) => new((int)columns[$"{kind}/chunk_index"][row], (int)columns[$"{kind}/file_index"][row]);
        var videos = info.VideoKeys.ToDictionary(
            key => key, key => new VideoSpan(At($"videos/{key}"), times[$"videos/{key}/from_timestamp"][row], times[$"videos/{key}/to_timestamp"][row]));
        return new EpisodeEntry(
            (int)columns["episode_index"][row], tasks, (int)columns["length"][row], At("data"), columns["dataset_from_index"][row], videos, At("meta/episodes"));
    }

    private static void Check(string file, int row, EpisodeEntry episode, long to, FaultList faults)
    {
        if (episode.Length < 1) faults.Add(file, row, "length", $"found {episode.Length}, expected at least 1");
        if (to != episode.To) faults.Add(file, row, "dataset_to_index", $"found {to}, expected dataset_from_index {episode.From} + length {episode.Length} = {episode.To}");
    }
}
