using DiVLA.Control.Datasets.Format;

namespace DiVLA.Control.Datasets.Reading;

/// <summary>Checks the columns that count: every row has the number, the episode, the time and a task that its place demands.</summary>
internal sealed class BookkeepingCheck(DatasetInfo info, int tasks, FaultList faults)
{
    // What the lerobot library tolerates. Unit: s.
    private const double TimeTolerance = 1e-4;

    /// <summary>Checks one file. Of each kind of fault, the first row is told.</summary>
    /// <param name="file">Its name.</param>
    /// <param name="episodes">Episodes in it, in order.</param>
    /// <param name="integers">Its whole numbers, by column.</param>
    /// <param name="timestamps">Times of all files so far, this one last. Unit: s.</param>
    public void Check(string file, EpisodeEntry[] episodes, Dictionary<string, long[]> integers, List<double> timestamps)
    {
        var rows = integers[FeatureNames.Index].Length;
        var told = new HashSet<string>(StringComparer.Ordinal);
        var row = 0;
        foreach (var episode in episodes)
            for (var frame = 0; frame < episode.Length; frame++, row++)
            {
                Expect(file, row, FeatureNames.EpisodeIndex, integers, episode.Index, told);
                Expect(file, row, FeatureNames.FrameIndex, integers, frame, told);
                Expect(file, row, FeatureNames.Index, integers, episode.From + frame, told);
                ExpectTask(file, row, integers[FeatureNames.TaskIndex][row], told);
                ExpectTime(file, row, frame, timestamps[timestamps.Count - rows + row], told);
            }
    }

    private void Expect(string file, int row, string column, Dictionary<string, long[]> integers, long expected, HashSet<string> told)
    {
        var found = integers[column][row];
        if (found != expected && told.Add(column)) faults.Add(file, row, column, $"found {found}, expected {expected}: rows are missing, doubled or out of order");
    }

    private void ExpectTask(string file, int row, long found, HashSet<string> told)
    {
        if ((found < 0 || found >= tasks) && told.Add(FeatureNames.TaskIndex)) faults.Add(file, row, FeatureNames.TaskIndex, $"found {found}, expected one of the {tasks} tasks of {DatasetPaths.Tasks}");
    }

    private void ExpectTime(string file, int row, int frame, double found, HashSet<string> told)
    {
        var expected = (double)frame / info.Fps;
        if (Math.Abs(found - expected) > TimeTolerance && told.Add(FeatureNames.Timestamp))
            faults.Add(file, row, FeatureNames.Timestamp, FormattableString.Invariant($"found {found:R} s, expected frame_index / fps = {expected:F6} s"));
    }
}
