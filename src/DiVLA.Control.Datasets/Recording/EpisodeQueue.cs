using System.Threading.Channels;
using DiVLA.Control.Datasets.Format;
using DiVLA.Control.Datasets.Writing;

namespace DiVLA.Control.Datasets.Recording;

/// <summary>How an episode ended.</summary>
/// <param name="Instruction">In words.</param>
/// <param name="Outcome">Whether it is wanted.</param>
/// <param name="Repeated">Rows that repeat the observation before.</param>
/// <param name="Phrases">What was said, and from when on.</param>
internal sealed record EpisodeEnd(string Instruction, RecordingOutcome Outcome, int Repeated, IReadOnlyList<LanguageRow> Phrases);

/// <summary>Takes rows without making anybody wait, and writes them behind.</summary>
internal sealed class EpisodeQueue
{
    private readonly Channel<(RecordedRow Row, EpisodeEnd? End)> _queue = Channel.CreateUnbounded<(RecordedRow, EpisodeEnd?)>(new UnboundedChannelOptions { SingleReader = true });
    private readonly RecorderOptions _options;
    private readonly DatasetWriter _writer;
    private readonly RowEncoder _encoder;
    private readonly Task _writing;
    private int _waiting;
    private bool _isOverrun;

    public EpisodeQueue(RecorderOptions options, DatasetWriter writer)
    {
        (_options, _writer) = (options, writer);
        _encoder = new RowEncoder(options.Contract.Cameras, options.Encodings);
        _writing = Task.Run(WriteAsync);
    }

    /// <summary>Ends when everything is written; fails as soon as something cannot be.</summary>
    public Task Completion => _writing;

    /// <summary>Hands a row over. One caller at a time.</summary>
    public void Post(RecordedRow row)
    {
        _isOverrun |= Volatile.Read(ref _waiting) >= _options.BacklogRows;
        if (_isOverrun || !_queue.Writer.TryWrite((row, null))) row.Frames.Return();
        else Interlocked.Increment(ref _waiting);
    }

    /// <summary>Ends the episode. One caller at a time.</summary>
    public void End(EpisodeEnd end)
    {
        _queue.Writer.TryWrite((default, _isOverrun ? end with { Outcome = RecordingOutcome.Overrun } : end));
        _isOverrun = false;
    }

    /// <summary>Waits until everything is written.</summary>
    public async Task CompleteAsync()
    {
        _queue.Writer.TryComplete();
        await _writing;
    }

    private async Task WriteAsync()
    {
        EpisodeDraft? draft = null;
        try
        {
            await foreach (var (row, end) in _queue.Reader.ReadAllAsync())
                if (end is null) Write(draft ??= _writer.Begin(), row);
                else draft = Finish(draft, end);
        }
        finally
        {
            // A failed writer takes no more rows; whoever disposes of the recorder is told why.
            _queue.Writer.TryComplete();
            draft?.Dispose();
        }
    }

    private void Write(EpisodeDraft draft, RecordedRow row)
    {
        Interlocked.Decrement(ref _waiting);
        RobotSchema.Add(draft, row);
        _encoder.Add(draft, row.Frames);
        row.Frames.Return();
        draft.EndRow();
    }

    private EpisodeDraft? Finish(EpisodeDraft? draft, EpisodeEnd end)
    {
        var outcome = end.Outcome == RecordingOutcome.Kept && draft is null ? RecordingOutcome.Empty : end.Outcome;
        foreach (var phrase in end.Phrases) draft?.Say(phrase);
        int? index = outcome == RecordingOutcome.Kept ? _writer.Commit(draft!, end.Instruction) : null;
        _options.Ended?.Invoke(new RecordedEpisode(index, end.Instruction, draft?.Length ?? 0, end.Repeated, outcome));
        draft?.Dispose();
        return null;
    }
}
