using DiVLA.Control.Datasets.Format;
using DiVLA.Control.Datasets.Reading;

namespace DiVLA.Control.Datasets.Writing;

/// <summary>Removes what an episode that was cut off left behind: files that info.json does not count.</summary>
internal static class UnfinishedEpisode
{
    /// <exception cref="DatasetRejectedException">The metadata are damaged in another way.</exception>
    public static void Remove(string directory)
    {
        var unfinished = Path.Combine(directory, DatasetPaths.Unfinished);
        if (Directory.Exists(unfinished)) Directory.Delete(unfinished, recursive: true);
        foreach (var part in Directory.EnumerateFiles(directory, "*" + WholeFile.Part, SearchOption.AllDirectories)) File.Delete(part);
        var faults = new FaultList(directory);
        var info = InfoReader.TryRead(directory, faults, allowsEmpty: true);
        faults.ThrowIfAny();
        RemoveEntries(directory, info!, faults);
        faults.ThrowIfAny();
    }

    private static void RemoveEntries(string directory, DatasetInfo info, FaultList faults)
    {
        foreach (var entry in EpisodesReader.ReadEntries(directory, info, faults).Where(entry => entry.Index >= info.TotalEpisodes))
        {
            Delete(directory, DatasetPaths.Fill(info.DataPath, entry.Data));
            foreach (var (key, span) in entry.Videos) Delete(directory, DatasetPaths.Fill(info.VideoPath!, span.File, key));
            Delete(directory, DatasetPaths.Fill(DatasetPaths.Episodes, entry.Meta));
        }
        RemoveFilesWithoutEntry(directory, info, faults);
        RemoveTasks(directory, info, faults);
    }

    // Cut off before the entry was written: data and videos are moved into place first.
    private static void RemoveFilesWithoutEntry(string directory, DatasetInfo info, FaultList faults)
    {
        var last = EpisodesReader.ReadEntries(directory, info, faults).MaxBy(entry => entry.Index);
        DeleteAfter(last?.Data, info, at => DatasetPaths.Fill(info.DataPath, at), directory);
        foreach (var key in info.VideoKeys) DeleteAfter(last?.Videos[key].File, info, at => DatasetPaths.Fill(info.VideoPath!, at, key), directory);
    }

    private static void DeleteAfter(FileLocation? last, DatasetInfo info, Func<FileLocation, string> name, string directory) =>
        Delete(directory, name(last?.Next(info.ChunksSize) ?? default));

    private static void Delete(string directory, string name)
    {
        if (File.Exists(Path.Combine(directory, name))) File.Delete(Path.Combine(directory, name));
    }

    private static void RemoveTasks(string directory, DatasetInfo info, FaultList faults)
    {
        var path = Path.Combine(directory, DatasetPaths.Tasks);
        if (!File.Exists(path)) return;
        var tasks = TasksReader.Read(directory, info with { TotalTasks = TasksReader.Count(directory, faults) }, faults);
        if (tasks.Length > info.TotalTasks) TasksFile.Write(path, [.. tasks.Take(info.TotalTasks)]);
    }
}
