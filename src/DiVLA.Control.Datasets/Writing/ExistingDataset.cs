using DiVLA.Control.Datasets.Format;
using DiVLA.Control.Datasets.Reading;
using DiVLA.Control.Datasets.Statistics;
using DiVLA.Control.Datasets.Tables;

namespace DiVLA.Control.Datasets.Writing;

/// <summary>What a writer must know of a dataset that it appends to.</summary>
/// <param name="Tasks">Instructions by number.</param>
/// <param name="Last">The last episode; null where there is none.</param>
/// <param name="Statistics">Of all episodes together, by column.</param>
internal sealed record ExistingDataset(List<string> Tasks, EpisodeEntry? Last, OrderedDictionary<string, FeatureStatistics> Statistics)
{
    public static ExistingDataset None => new([], null, []);

    /// <exception cref="DatasetRejectedException">The metadata are damaged.</exception>
    public static ExistingDataset Read(string directory, DatasetInfo info)
    {
        if (info.TotalEpisodes == 0) return None;
        var faults = new FaultList(directory);
        var tasks = TasksReader.Read(directory, info, faults);
        var episodes = EpisodesReader.Read(directory, info, faults);
        faults.ThrowIfAny();
        var statistics = Join(directory, info, faults);
        faults.ThrowIfAny();
        return new ExistingDataset([.. tasks], episodes[^1], statistics);
    }

    // From the episodes, not from stats.json: that one is written before info.json counts the episode.
    private static OrderedDictionary<string, FeatureStatistics> Join(string directory, DatasetInfo info, FaultList faults)
    {
        var parts = new OrderedDictionary<string, List<FeatureStatistics>>();
        foreach (var file in EpisodesReader.Files(directory))
        {
            using var table = TableReader.TryOpen(directory, file, faults);
            if (table is null) continue;
            foreach (var (name, feature) in info.Features)
                if (DatasetSpecification.KindOf(feature) is { } kind)
                {
                    parts.TryAdd(name, []);
                    parts[name].AddRange(StatisticsColumns.Read(table, name, kind));
                }
        }
        var joined = new OrderedDictionary<string, FeatureStatistics>();
        foreach (var (name, all) in parts)
            if (all.Count > 0) joined.Add(name, FeatureStatistics.Join(all));
        return joined;
    }
}
