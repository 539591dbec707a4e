using System.Runtime.InteropServices;
using DiVLA.Control.Datasets.Format;
using DiVLA.Control.Datasets.Video;

namespace DiVLA.Control.Datasets.Reading;

/// <summary>A LeRobotDataset v3.0 on disk, with pictures in image columns or in videos. N rows in all.</summary>
/// <remarks>Opening reads and checks everything but pixels, so that a damaged dataset is refused before anything is learnt from it.</remarks>
public sealed class LeRobotDataset
{
    private readonly DatasetColumns _columns;
    private readonly Dictionary<string, int[]> _firstFrames;

    private LeRobotDataset(string directory, DatasetInfo info, string[] tasks, List<EpisodeEntry> episodes, DataReader data, Dictionary<string, int[]> firstFrames)
    {
        (Directory, Info, Tasks, Episodes) = (directory, info, tasks, episodes);
        (_columns, Language, _firstFrames) = (data.Columns, data.Language, firstFrames);
    }

    /// <summary>Folder that holds `meta`, `data` and perhaps `videos`.</summary>
    public string Directory { get; }

    public DatasetInfo Info { get; }

    /// <summary>Instructions by number.</summary>
    public IReadOnlyList<string> Tasks { get; }

    /// <summary>Episodes by number.</summary>
    public IReadOnlyList<EpisodeEntry> Episodes { get; }

    /// <summary>What was said, by episode; nothing where the dataset has no phrases.</summary>
    public IReadOnlyList<IReadOnlyList<LanguageRow>> Language { get; }

    /// <summary>N.</summary>
    public long Rows => Info.TotalFrames;

    /// <summary>Reads and checks a dataset.</summary>
    /// <exception cref="DatasetRejectedException">It is damaged, incomplete or of another version; every fault is named.</exception>
    /// <exception cref="FfmpegException">It has videos, and ffprobe is not installed.</exception>
    public static LeRobotDataset Open(string directory)
    {
        var faults = new FaultList(directory);
        var info = InfoReader.TryRead(directory, faults);
        faults.ThrowIfAny();
        var tasks = TasksReader.Read(directory, info!, faults);
        var episodes = EpisodesReader.Read(directory, info!, faults);
        CheckOrder(episodes, faults);
        var data = new DataReader(directory, info!, episodes, tasks.Length, faults);
        data.ReadAll();
        var firstFrames = VideoCheck.FirstFrames(directory, info!, episodes, faults);
        faults.ThrowIfAny();
        return new LeRobotDataset(directory, info!, tasks, episodes, data, firstFrames);
    }

    /// <summary>A column of real numbers, `[N, width]`, row by row.</summary>
    /// <exception cref="KeyNotFoundException">There is no such column of real numbers.</exception>
    public ReadOnlySpan<double> Reals(string feature) => CollectionsMarshal.AsSpan(_columns.Reals(feature));

    /// <summary>A column of whole numbers, or of yes (1) and no (0), `[N]`.</summary>
    /// <exception cref="KeyNotFoundException">There is no such column of whole numbers.</exception>
    public ReadOnlySpan<long> Integers(string feature) => CollectionsMarshal.AsSpan(_columns.Integers(feature));

    /// <summary>Instruction of a row.</summary>
    public string TaskOf(long row) => Tasks[(int)Integers(FeatureNames.TaskIndex)[(int)row]];

    /// <summary>What of a style is said at a row of an episode: the last of it that has begun; null where nothing has.</summary>
    public string? PhraseAt(EpisodeEntry episode, int row, string style)
    {
        // Times are single precision on both sides.
        var now = (float)((double)row / Info.Fps) + 1e-4f;
        return Language[episode.Index].Where(phrase => phrase.Style == style && phrase.TimestampSeconds <= now).MaxBy(phrase => phrase.TimestampSeconds)?.Content;
    }

    /// <summary>Every picture of a camera, in the order of files: N frames.</summary>
    /// <exception cref="DatasetRejectedException">A picture is missing, damaged or of another size.</exception>
    /// <exception cref="FfmpegException">ffmpeg is missing, or a video is damaged.</exception>
    public IEnumerable<DatasetFrame> Frames(string camera) =>
        Info.Features[camera].IsVideo ? FrameReader.Video(this, camera, _firstFrames[camera]) : FrameReader.Embedded(this, camera);

    private static void CheckOrder(List<EpisodeEntry> episodes, FaultList faults)
    {
        var next = 0L;
        for (var i = 0; i < episodes.Count; i++)
        {
            var file = DatasetPaths.Fill(DatasetPaths.Episodes, episodes[i].Meta);
            if (episodes[i].Index != i) faults.Add(file, "episode_index", $"found {episodes[i].Index}, expected {i}: an episode is missing, doubled or out of order");
            if (episodes[i].From != next) faults.Add(file, "dataset_from_index", $"found {episodes[i].From} for episode {episodes[i].Index}, expected {next}");
            next = episodes[i].To;
        }
    }
}
