namespace DiVLA.Control.Datasets.Format;

/// <summary>Where an episode's rows and frames are: a row of `meta/episodes`.</summary>
/// <param name="Index">Counts from 0.</param>
/// <param name="Tasks">Instructions that its rows carry.</param>
/// <param name="Length">Rows.</param>
/// <param name="Data">File of its rows.</param>
/// <param name="From">Its first row among all rows of the dataset.</param>
/// <param name="Videos">Frames by camera; empty where pictures are columns.</param>
/// <param name="Meta">File of this entry.</param>
public sealed record EpisodeEntry(
    int Index, string[] Tasks, int Length, FileLocation Data, long From, IReadOnlyDictionary<string, VideoSpan> Videos, FileLocation Meta)
{
    /// <summary>The row after its last one, among all rows of the dataset.</summary>
    public long To => From + Length;
}

/// <summary>An episode's part of a video file.</summary>
/// <param name="File">Which file.</param>
/// <param name="FromSeconds">Presentation time of its first frame. Unit: s.</param>
/// <param name="ToSeconds">Presentation time of its end. Unit: s.</param>
public sealed record VideoSpan(FileLocation File, double FromSeconds, double ToSeconds);
