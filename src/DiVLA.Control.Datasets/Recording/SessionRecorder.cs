using DiVLA.Control.Client;
using DiVLA.Control.Datasets.Format;
using DiVLA.Control.Datasets.Writing;
using DiVLA.Control.Protocol.V1;
using DiVLA.Control.Robot;
using RobotState = DiVLA.Control.Robot.RobotState;

namespace DiVLA.Control.Datasets.Recording;

/// <summary>Records what passes between a robot and the service as a LeRobotDataset v3.0.</summary>
/// <remarks>The robot's threads only copy; encoding and writing happen on a task of its own. Finished episodes survive whatever ends the process.</remarks>
/// <example>
/// <code>
/// await using var recorder = new SessionRecorder(recorderOptions);
/// await using var client = new RobotControlClient(options with { Watcher = recorder }, handler);
/// recorder.BeginEpisode("put the red cube in the left bin");
/// ...
/// recorder.EndEpisode(keep: true);
/// </code>
/// </example>
public sealed class SessionRecorder : RobotControlWatcher, IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly EpisodeQueue _queue;
    private readonly TickCounter _ticks = new();
    private readonly Dictionary<ulong, string> _phrases = [];
    private readonly int _fps;
    private readonly double _ticksPerRow;
    private ObservationCopy? _newest;
    private EpisodeRows? _episode;
    private string _instruction = "";

    /// <summary>Makes the dataset, or opens it to append to it.</summary>
    /// <exception cref="ArgumentException">Options are wrong; the message names every fault.</exception>
    /// <exception cref="DatasetRejectedException">There is a dataset that does not fit.</exception>
    /// <exception cref="Video.FfmpegException">Videos are wanted, and ffmpeg is not installed.</exception>
    public SessionRecorder(RecorderOptions options)
    {
        options.Validate();
        _fps = options.RowsPerSecond;
        _ticksPerRow = options.Contract.ControlRateHz / _fps;
        _queue = new EpisodeQueue(options, DatasetWriter.Open(options.Directory, RobotSchema.For(options.Contract, options.Cameras, _fps)));
    }

    /// <summary>Ends with the recorder; fails as soon as the dataset cannot be written, after which nothing is recorded any more.</summary>
    public Task Completion => _queue.Completion;

    /// <summary>Begins an episode with the next observation. One that is going on is discarded.</summary>
    public void BeginEpisode(string instruction)
    {
        lock (_gate)
        {
            End(RecordingOutcome.Discarded);
            DropNewest();
            (_episode, _instruction) = (new EpisodeRows(_ticksPerRow), instruction);
        }
    }

    /// <summary>Ends the episode. Does nothing where none is going on.</summary>
    /// <param name="keep">False leaves no trace of it.</param>
    public void EndEpisode(bool keep)
    {
        lock (_gate) End(keep ? RecordingOutcome.Kept : RecordingOutcome.Discarded);
    }

    /// <inheritdoc/>
    public override void OnAccepted(SessionAccepted session)
    {
        lock (_gate)
        {
            // The arm went on by itself meanwhile: what comes now does not continue what was recorded.
            if (_episode is { HasBegun: true }) End(RecordingOutcome.Interrupted);
            _ticks.Reset();
            _phrases.Clear();
        }
    }

    /// <inheritdoc/>
    public override void OnObserved(MonotonicTime capturedAt, in RobotState state, ReadOnlySpan<ReadOnlyMemory<byte>> frames)
    {
        lock (_gate)
        {
            if (_episode is null) return;
            DropNewest();
            _newest = new ObservationCopy(capturedAt, state, new PackedFrames(frames));
        }
    }

    /// <inheritdoc/>
    public override void OnAction(in RobotAction action)
    {
        lock (_gate)
        {
            var elapsed = _ticks.Advance(action);
            if (_episode is not { } episode || _newest is not { } newest) return;
            // Until the first plan there is nothing to demonstrate.
            if (!episode.HasBegun && action.Reason == LadderReason.NoTrajectory) return;
            episode.Take(action, elapsed, newest, _queue.Post);
        }
    }

    /// <inheritdoc/>
    public override void OnPhrase(Phrase phrase)
    {
        lock (_gate) _phrases[phrase.PhraseId] = phrase.Text;
    }

    /// <summary>Discards the episode that is going on and finishes writing the others.</summary>
    /// <exception cref="IOException">The dataset could not be written.</exception>
    /// <exception cref="Video.FfmpegException">A video could not be encoded.</exception>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            End(RecordingOutcome.Interrupted);
            DropNewest();
        }
        await _queue.CompleteAsync();
    }

    private void End(RecordingOutcome outcome)
    {
        if (_episode is not { } episode) return;
        _episode = null;
        episode.Finish(_queue.Post);
        _queue.End(new EpisodeEnd(_instruction, outcome, episode.Repeated, [.. episode.Phrases.Where(change => _phrases.ContainsKey(change.PhraseId)).Select(Said)]));
    }

    private LanguageRow Said((int Row, ulong PhraseId) change) =>
        new(LanguageRow.Assistant, _phrases[change.PhraseId], LanguageRow.SubtaskStyle, (float)((double)change.Row / _fps));

    private void DropNewest()
    {
        _newest?.Frames.Return();
        _newest = null;
    }
}
