using Apache.Arrow;
using DiVLA.Control.Datasets.Format;
using DiVLA.Control.Datasets.Statistics;
using DiVLA.Control.Datasets.Tables;

namespace DiVLA.Control.Datasets.Writing;

/// <summary>Writes a file of `meta/episodes` with one row.</summary>
internal static class EpisodesFile
{
    public static void Write(string path, EpisodeEntry episode, IEnumerable<KeyValuePair<string, FeatureStatistics>> statistics)
    {
        List<(string, IArrowArray)> columns =
        [
            Integer("episode_index", episode.Index),
            ("tasks", ArrowColumns.Lists(ArrowColumns.Texts(episode.Tasks), [0, episode.Tasks.Length])),
            Integer("length", episode.Length),
            .. Location("data", episode.Data),
            Integer("dataset_from_index", episode.From),
            Integer("dataset_to_index", episode.To),
            .. episode.Videos.SelectMany(video => Video($"videos/{video.Key}", video.Value)),
            .. StatisticsColumns.Of(statistics),
            .. Location("meta/episodes", episode.Meta),
        ];
        TableWriter.Write(path, columns, new Dictionary<string, string>());
    }

    private static IEnumerable<(string, IArrowArray)> Video(string name, VideoSpan span) =>
        [.. Location(name, span.File), ($"{name}/from_timestamp", ArrowColumns.Doubles([span.FromSeconds])), ($"{name}/to_timestamp", ArrowColumns.Doubles([span.ToSeconds]))];

    private static (string, IArrowArray)[] Location(string name, FileLocation location) => [Integer($"{name}/chunk_index", location.Chunk), Integer($"{name}/file_index", location.File)];

    private static (string, IArrowArray) Integer(string name, long value) => (name, ArrowColumns.Integers([value]));
}
