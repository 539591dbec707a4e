using DiVLA.Control.ModelBuilder;
using DiVLA.Control.Robot;
using DiVLA.Control.Training.Checkpoints;
using DiVLA.Control.Training.Data;
using DiVLA.Control.Training.Demonstrations;
using Spectre.Console;

namespace DiVLA.Control.Training.Commands;

/// <summary>Which demonstrations a run learns from.</summary>
/// <param name="Folders">Datasets; none for the simulator alone.</param>
/// <param name="Share">Share of each batch. Range: above 0, up to 1.</param>
/// <param name="Columns">File that says what their columns mean; null for what `divla record` writes.</param>
/// <param name="Arm">The arm that demonstrated.</param>
internal sealed record DemonstrationChoice(string[] Folders, double Share, string? Columns, EmbodimentProfile Arm)
{
    private const int PicturesBetweenLines = 1000;

    // The policy's cameras are the model's; which ones does not depend on the words.
    private static readonly CameraConfig[] _cameras = new ModelShape().Configure(vocabularySize: 1).Cameras;

    /// <summary>Opens and checks the datasets; null where none were asked for.</summary>
    /// <exception cref="Datasets.Format.DatasetRejectedException">A dataset cannot be used.</exception>
    /// <exception cref="InvalidDataException">The column map cannot be read.</exception>
    /// <exception cref="Datasets.Video.FfmpegException">There are videos, and ffmpeg is missing.</exception>
    public DemonstrationSet? Open() => Open(_cameras);

    /// <summary>As <see cref="Open()"/>, for who learns motions alone: no camera is asked for.</summary>
    /// <inheritdoc cref="Open()"/>
    public DemonstrationSet? OpenMotions() => Open([]);

    /// <summary>The configuration that fits: who learns from demonstrations alone learns neither the simulator's objects nor its phrases' places, and is not said to know its tasks.</summary>
    public ModelConfig Fit(ModelConfig config) => Folders.Length == 0 || Share < 1 ? config : config with { Scene = null, PhraseSlots = [], Tasks = null };

    /// <summary>Readies demonstrations for training: their pictures are decoded and brought to size once a run.</summary>
    /// <exception cref="InvalidDataException">The policy cannot read or say what was said.</exception>
    public DemonstrationMix? Mix(DemonstrationSet? set, RunFolder run, ModelConfig config, Vocabulary vocabulary, CancellationToken stop)
    {
        if (set is null) return null;
        if (config.VocabSize != vocabulary.Size)
            throw new InvalidDataException(
                $"{run.File("config.json")}: vocab_size: found {config.VocabSize}, but simulator and datasets have {vocabulary.Size} words. Resume with the datasets that the run began with.");
        if (set.TooLong(config.Prompt, vocabulary).ToArray() is { Length: > 0 } faults) throw new InvalidDataException(string.Join("\n", faults));
        var frames = Show(report => FrameStore.Open(run.File("training"), set, config.Cameras, report, stop));
        return new DemonstrationMix(set, frames, Share, config, vocabulary);
    }

    private DemonstrationSet? Open(IReadOnlyList<CameraConfig> cameras) =>
        Folders.Length == 0 ? null : DemonstrationSet.Open(Folders, Columns is null ? new ColumnMap() : ColumnMap.Read(Columns), Arm, cameras);

    private static FrameStore Show(Func<Action<long, long>, FrameStore> open)
    {
        if (!AnsiConsole.Profile.Out.IsTerminal)
            return open((done, all) => { if (done % PicturesBetweenLines == 0 || done == all) Console.WriteLine(FormattableString.Invariant($"pictures {done}/{all}")); });
        return AnsiConsole.Progress().Start(context =>
        {
            var bar = context.AddTask("pictures");
            return open((done, all) => (bar.MaxValue, bar.Value) = (all, done));
        });
    }
}
