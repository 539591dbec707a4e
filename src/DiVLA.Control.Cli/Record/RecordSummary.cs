using DiVLA.Control.Datasets.Recording;

namespace DiVLA.Control.Cli.Record;

/// <summary>What was recorded.</summary>
/// <param name="Directory">Folder of the dataset.</param>
/// <param name="Episodes">Episodes added to it.</param>
/// <param name="Rows">Rows of them.</param>
/// <param name="RepeatedRows">Those of them that repeat the observation before, because none came in time.</param>
/// <param name="Discarded">Episodes that were not wanted.</param>
/// <param name="Lost">Episodes that were interrupted, or came faster than they could be written.</param>
/// <param name="Fps">Rows a second.</param>
/// <param name="Seed">Seed of the first scene.</param>
/// <param name="BundleRevision">Which weights drove the arm.</param>
internal sealed record RecordSummary(string Directory, int Episodes, int Rows, int RepeatedRows, int Discarded, int Lost, int Fps, ulong Seed, string BundleRevision)
{
    public static RecordSummary Of(RecordSettings settings, IReadOnlyCollection<RecordedEpisode> episodes, string bundleRevision)
    {
        var kept = episodes.Where(episode => episode.Outcome == RecordingOutcome.Kept).ToArray();
        return new RecordSummary(
            settings.Directory,
            kept.Length,
            kept.Sum(episode => episode.Rows),
            kept.Sum(episode => episode.RepeatedRows),
            episodes.Count(episode => episode.Outcome == RecordingOutcome.Discarded),
            episodes.Count(episode => episode.Outcome is RecordingOutcome.Interrupted or RecordingOutcome.Overrun),
            settings.Fps,
            settings.Seed,
            bundleRevision);
    }
}
