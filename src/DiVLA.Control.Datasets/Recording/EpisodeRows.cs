using DiVLA.Control.Client;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Datasets.Recording;

/// <summary>Makes rows at the dataset's rate out of observations and commands that come at other rates. Pure arithmetic over ticks.</summary>
/// <remarks>
/// Row n is for tick n * (control rate / fps) of the episode, rounded: the newest observation at that tick, and the last command before the next row's.
/// An observation that no newer one replaced in time is repeated: a dataset has a row for every 1/fps s.
/// </remarks>
internal sealed class EpisodeRows(double ticksPerRow)
{
    private readonly List<(int Row, ulong PhraseId)> _phrases = [];
    private RecordedRow _open;
    private PackedFrames? _shown;
    private bool _isOpen;
    private long _tick;

    /// <summary>Rows that are over.</summary>
    public int Count { get; private set; }

    /// <summary>Rows, the open one included, that repeat the observation before.</summary>
    public int Repeated { get; private set; }

    /// <summary>True once a row has begun.</summary>
    public bool HasBegun => _isOpen || Count > 0;

    /// <summary>Rows at which another phrase than before began to steer.</summary>
    public IReadOnlyList<(int Row, ulong PhraseId)> Phrases => _phrases;

    /// <summary>Takes a command that is <paramref name="elapsed"/> ticks after the one before.</summary>
    /// <param name="action">The command.</param>
    /// <param name="elapsed">Ticks.</param>
    /// <param name="newest">The newest observation.</param>
    /// <param name="finished">Given every row that is over.</param>
    public void Take(in RobotAction action, long elapsed, in ObservationCopy newest, Action<RecordedRow> finished)
    {
        if (!_isOpen) Open(newest, action.Command);
        else _tick += elapsed;
        while (_tick >= Math.Round((Count + 1) * ticksPerRow))
        {
            var command = _open.Command;
            Finish(finished);
            Open(newest, command);
        }
        (_open.Command, _open.Tick, _open.PhraseId) = (action.Command, action.Tick, action.PhraseId);
    }

    /// <summary>Ends the row that is open.</summary>
    public void Finish(Action<RecordedRow> finished)
    {
        if (!_isOpen) return;
        if (_open.PhraseId != 0 && (_phrases.Count == 0 || _phrases[^1].PhraseId != _open.PhraseId)) _phrases.Add((Count, _open.PhraseId));
        _isOpen = false;
        Count++;
        finished(_open);
    }

    private void Open(in ObservationCopy newest, RobotCommand command)
    {
        if (ReferenceEquals(_shown, newest.Frames)) Repeated++;
        _shown = newest.Frames;
        _isOpen = true;
        _open = new RecordedRow { CapturedAt = newest.CapturedAt, State = newest.State, Command = command, Frames = newest.Frames.Clone() };
    }
}

/// <summary>The newest observation.</summary>
/// <param name="CapturedAt">Robot clock.</param>
/// <param name="State">What the arm reported.</param>
/// <param name="Frames">What the cameras saw, packed.</param>
internal readonly record struct ObservationCopy(MonotonicTime CapturedAt, RobotState State, PackedFrames Frames);
