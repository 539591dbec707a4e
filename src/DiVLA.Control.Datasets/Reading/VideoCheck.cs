using DiVLA.Control.Datasets.Format;
using DiVLA.Control.Datasets.Video;

namespace DiVLA.Control.Datasets.Reading;

/// <summary>Checks that every row has a frame in the video of each of its cameras.</summary>
internal static class VideoCheck
{
    // What the lerobot library tolerates. Unit: s.
    private const double TimeTolerance = 1e-4;

    /// <summary>Probes every video file once.</summary>
    /// <returns>For each camera, the first frame of each episode in its file.</returns>
    /// <exception cref="FfmpegException">ffprobe is not installed.</exception>
    public static Dictionary<string, int[]> FirstFrames(string directory, DatasetInfo info, IReadOnlyList<EpisodeEntry> episodes, FaultList faults) =>
        info.VideoKeys.ToDictionary(key => key, key => FirstFrames(directory, info, key, episodes, faults));

    private static int[] FirstFrames(string directory, DatasetInfo info, string key, IReadOnlyList<EpisodeEntry> episodes, FaultList faults)
    {
        var first = new int[episodes.Count];
        foreach (var group in episodes.Index().GroupBy(episode => episode.Item.Videos[key].File))
        {
            var file = DatasetPaths.Fill(info.VideoPath!, group.Key, key);
            if (TryProbe(directory, file, info.Features[key], faults) is not { } video) continue;
            foreach (var (index, episode) in group) first[index] = FirstFrame(file, video, episode, key, info.Fps, faults);
        }
        return first;
    }

    private static VideoProbe? TryProbe(string directory, string file, Feature camera, FaultList faults)
    {
        var path = Path.Combine(directory, file);
        if (!File.Exists(path))
        {
            faults.Add(file, "missing. Copy the dataset again.");
            return null;
        }
        Ffmpeg.Require("ffprobe");
        try
        {
            var video = VideoProbe.Read(path);
            if ((video.Height, video.Width) == (camera.Picture.Height, camera.Picture.Width)) return video;
            faults.Add(file, $"frames are {video.Width} x {video.Height}, expected {camera.Picture} as info.json says");
        }
        catch (FfmpegException error)
        {
            faults.Add(file, $"not a readable video: {error.Message}");
        }
        return null;
    }

    private static int FirstFrame(string file, VideoProbe video, EpisodeEntry episode, string key, int fps, FaultList faults)
    {
        var span = episode.Videos[key];
        var first = video.FrameAt(span.FromSeconds, TimeTolerance);
        for (var row = 0; row < episode.Length; row++)
        {
            var due = span.FromSeconds + (double)row / fps;
            if (first >= 0 && first + row < video.Times.Length && Math.Abs(video.Times[first + row] - due) <= TimeTolerance) continue;
            faults.Add(file, row, key, FormattableString.Invariant(
                $"no frame at {due:F4} s for row {row} of the {episode.Length} rows of episode {episode.Index}; the video has {video.Times.Length} frames{Last(video)}"));
            break;
        }
        return first;
    }

    private static string Last(VideoProbe video) => video.Times.Length == 0 ? "" : FormattableString.Invariant($", the last at {video.Times[^1]:F4} s");
}
