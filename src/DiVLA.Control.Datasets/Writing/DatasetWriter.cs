using System.Text.Json.Nodes;
using DiVLA.Control.Datasets.Format;
using DiVLA.Control.Datasets.Reading;
using DiVLA.Control.Datasets.Statistics;
using DiVLA.Control.Datasets.Tables;
using DiVLA.Control.Datasets.Video;

namespace DiVLA.Control.Datasets.Writing;

/// <summary>Writes a LeRobotDataset v3.0, episode by episode. One writer a dataset.</summary>
/// <remarks>
/// Every episode gets files of its own, each of which appears whole or not at all, and info.json, which counts it, is written last: whatever ends the
/// process, the finished episodes are a dataset that can be read. What a cut-off episode left behind is removed when the dataset is next opened for writing.
/// </remarks>
public sealed class DatasetWriter
{
    private readonly DatasetSpecification _specification;
    private readonly string _directory;
    private readonly List<string> _tasks;
    private readonly OrderedDictionary<string, FeatureStatistics> _statistics;
    private DatasetInfo _info;
    private EpisodeEntry? _last;
    private int _drafts;

    private DatasetWriter(string directory, DatasetSpecification specification, DatasetInfo info, ExistingDataset found)
    {
        (_directory, _specification, _info) = (directory, specification, info);
        (_tasks, _last, _statistics) = (found.Tasks, found.Last, found.Statistics);
    }

    /// <summary>Episodes in the dataset.</summary>
    public int Episodes => _info.TotalEpisodes;

    /// <summary>Rows in the dataset.</summary>
    public long Rows => _info.TotalFrames;

    /// <summary>Makes a dataset, or opens one to append to it.</summary>
    /// <exception cref="DatasetRejectedException">What is there is damaged, or has other columns or another rate; every difference is named.</exception>
    /// <exception cref="IOException">The folder has something else in it.</exception>
    /// <exception cref="FfmpegException">There are videos to write, and ffmpeg is not installed.</exception>
    public static DatasetWriter Open(string directory, DatasetSpecification specification)
    {
        if (specification.Features.Values.Any(feature => feature.IsVideo)) Require();
        if (!File.Exists(Path.Combine(directory, DatasetInfo.Path))) return Create(directory, specification);
        UnfinishedEpisode.Remove(directory);
        var info = Compatible(directory, specification);
        return new DatasetWriter(directory, specification, info, ExistingDataset.Read(directory, info));
    }

    /// <summary>Begins an episode.</summary>
    public EpisodeDraft Begin() => new(_specification, Path.Combine(_directory, DatasetPaths.Unfinished, $"episode-{_drafts++}"));

    /// <summary>Makes an episode part of the dataset. The draft is of no use afterwards but to be disposed of.</summary>
    /// <param name="draft">What was recorded.</param>
    /// <param name="task">The instruction, which all its rows carry.</param>
    /// <returns>Its number.</returns>
    /// <exception cref="InvalidOperationException">It has no rows.</exception>
    /// <exception cref="FfmpegException">A video could not be encoded.</exception>
    public int Commit(EpisodeDraft draft, string task)
    {
        if (draft.Length == 0) throw new InvalidOperationException("An episode has at least one row.");
        var isNewTask = !_tasks.Contains(task);
        if (isNewTask) _tasks.Add(task);
        var table = draft.Finish(Episodes, Rows, _tasks.IndexOf(task));
        var videos = MoveVideos(draft);
        var data = Next(_last?.Data);
        TableWriter.Write(At(DatasetPaths.Data, data), table.Columns, new Dictionary<string, string> { [HuggingFaceSchema.Key] = HuggingFaceSchema.Describe(_info.Features) });
        if (isNewTask) TasksFile.Write(Path.Combine(_directory, DatasetPaths.Tasks), _tasks);
        var entry = new EpisodeEntry(Episodes, [task], draft.Length, data, Rows, videos, Next(_last?.Meta));
        EpisodesFile.Write(At(DatasetPaths.Episodes, entry.Meta), entry, table.Statistics);
        Count(entry, table.Statistics);
        return entry.Index;
    }

    // Now rather than after the first episode.
    private static void Require()
    {
        Ffmpeg.Require("ffmpeg");
        Ffmpeg.Require("ffprobe");
    }

    private static DatasetWriter Create(string directory, DatasetSpecification specification)
    {
        if (Directory.Exists(directory) && Directory.EnumerateFileSystemEntries(directory).Any())
            throw new IOException($"'{directory}' holds something else than a dataset. Give an empty or a new folder.");
        var info = specification.Empty();
        WholeFile.Write(Path.Combine(directory, DatasetInfo.Path), info.ToJson());
        return new DatasetWriter(directory, specification, info, ExistingDataset.None);
    }

    private static DatasetInfo Compatible(string directory, DatasetSpecification specification)
    {
        var faults = new FaultList(directory);
        var info = InfoReader.TryRead(directory, faults, allowsEmpty: true);
        faults.ThrowIfAny();
        if (info!.Fps != specification.Fps) faults.Add(DatasetInfo.Path, "fps", $"found {info.Fps}, but {specification.Fps} is to be recorded");
        var wanted = specification.AllFeatures();
        foreach (var name in info.Features.Keys.Union(wanted.Keys))
            if (!info.Features.TryGetValue(name, out var found)) faults.Add(DatasetInfo.Path, $"features.{name}", "missing, but is to be recorded");
            else if (!wanted.TryGetValue(name, out var feature)) faults.Add(DatasetInfo.Path, $"features.{name}", "is there, but is not to be recorded");
            else if (!found.Describes(feature)) faults.Add(DatasetInfo.Path, $"features.{name}", $"found {found.Dtype} [{string.Join(", ", found.Shape)}], but {feature.Dtype} [{string.Join(", ", feature.Shape)}] is to be recorded");
        faults.ThrowIfAny();
        return info;
    }

    private Dictionary<string, VideoSpan> MoveVideos(EpisodeDraft draft)
    {
        var spans = new Dictionary<string, VideoSpan>(StringComparer.Ordinal);
        foreach (var (key, column) in draft.Videos)
        {
            column.Finish();
            if (Episodes == 0) Describe(key, VideoProbe.Read(column.Path));
            var file = Next(_last?.Videos[key].File);
            var target = Path.Combine(_directory, DatasetPaths.Fill(DatasetPaths.Video, file, key));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Move(column.Path, target, overwrite: true);
            spans.Add(key, new VideoSpan(file, 0, (double)draft.Length / _specification.Fps));
        }
        return spans;
    }

    // What the lerobot library notes of a video's streams.
    private void Describe(string key, VideoProbe video) => _info.Features[key] = _info.Features[key] with
    {
        Info = new JsonObject
        {
            ["video.height"] = video.Height,
            ["video.width"] = video.Width,
            ["video.codec"] = video.Codec,
            ["video.pix_fmt"] = video.PixelFormat,
            ["video.is_depth_map"] = false,
            ["video.fps"] = _specification.Fps,
            ["video.channels"] = 3,
            ["has_audio"] = false,
        },
    };

    private void Count(EpisodeEntry entry, OrderedDictionary<string, FeatureStatistics> statistics)
    {
        foreach (var (name, measured) in statistics) _statistics[name] = _statistics.TryGetValue(name, out var before) ? FeatureStatistics.Join([before, measured]) : measured;
        WholeFile.Write(Path.Combine(_directory, DatasetPaths.Statistics), StatisticsFile.ToJson(_statistics));
        _last = entry;
        _info = _info with
        {
            TotalEpisodes = entry.Index + 1,
            TotalFrames = entry.To,
            TotalTasks = _tasks.Count,
            Splits = new Dictionary<string, string> { ["train"] = FormattableString.Invariant($"0:{entry.Index + 1}") },
        };
        WholeFile.Write(Path.Combine(_directory, DatasetInfo.Path), _info.ToJson());
    }

    private FileLocation Next(FileLocation? last) => last?.Next(_info.ChunksSize) ?? default;

    private string At(string template, FileLocation location) => Path.Combine(_directory, DatasetPaths.Fill(template, location));
}
