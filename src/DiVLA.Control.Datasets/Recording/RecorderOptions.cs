using DiVLA.Control.Protocol.V1;
using Contract = DiVLA.Control.Robot.EmbodimentContract;

namespace DiVLA.Control.Datasets.Recording;

/// <summary>What is recorded, and where.</summary>
public sealed record RecorderOptions
{
    /// <summary>Folder of the dataset; appended to where there is one.</summary>
    public required string Directory { get; init; }

    /// <summary>What the robot is.</summary>
    public required Contract Contract { get; init; }

    /// <summary>How the robot packs frames of each of the contract's cameras.</summary>
    public required IReadOnlyList<ImageEncoding> Encodings { get; init; }

    /// <summary>Rows a second. Range: 1 to the contract's control rate, which is the default.</summary>
    public int? Fps { get; init; }

    /// <summary>How pictures are kept.</summary>
    public CameraStorage Cameras { get; init; } = CameraStorage.Images;

    /// <summary>Rows that may wait to be written. An episode that would need more is lost as a whole rather than kept with holes.</summary>
    public int BacklogRows { get; init; } = 2048;

    /// <summary>Told of every episode that ended, from the thread that writes.</summary>
    public Action<RecordedEpisode>? Ended { get; init; }

    internal int RowsPerSecond => Fps ?? (int)Math.Round(Contract.ControlRateHz);

    /// <exception cref="ArgumentException">Options are wrong; the message names every fault.</exception>
    internal void Validate()
    {
        var faults = Faults().ToList();
        if (faults.Count > 0) throw new ArgumentException("Recorder options: " + string.Join("; ", faults));
    }

    private IEnumerable<string> Faults()
    {
        if (RowsPerSecond < 1 || RowsPerSecond > Contract.ControlRateHz) yield return FormattableString.Invariant($"Fps is {RowsPerSecond}, outside [1, {Contract.ControlRateHz}]");
        if (Encodings.Count != Contract.Cameras.Count) yield return $"Encodings has {Encodings.Count} entries for {Contract.Cameras.Count} cameras";
        if (BacklogRows < 1) yield return $"BacklogRows is {BacklogRows}, not positive";
        if (Cameras == CameraStorage.Images) yield break;
        foreach (var camera in Contract.Cameras.Where(camera => camera.WidthPx % 2 != 0 || camera.HeightPx % 2 != 0))
            yield return $"camera {camera.Name} is {camera.WidthPx} x {camera.HeightPx}: videos have even sides; keep it in image columns";
    }
}

/// <summary>What became of an episode that was recorded.</summary>
/// <param name="Index">Its number in the dataset; null where it is not part of it.</param>
/// <param name="Instruction">In words.</param>
/// <param name="Rows">Rows recorded.</param>
/// <param name="RepeatedRows">Those of them that repeat the observation before, because none came in time.</param>
/// <param name="Outcome">Whether it was kept.</param>
public sealed record RecordedEpisode(int? Index, string Instruction, int Rows, int RepeatedRows, RecordingOutcome Outcome);

/// <summary>Whether an episode was kept.</summary>
public enum RecordingOutcome
{
    /// <summary>It is part of the dataset.</summary>
    Kept,

    /// <summary>It was not wanted.</summary>
    Discarded,

    /// <summary>The session ended in the middle of it.</summary>
    Interrupted,

    /// <summary>Rows came faster than they could be written.</summary>
    Overrun,

    /// <summary>There was no row in it.</summary>
    Empty,
}
