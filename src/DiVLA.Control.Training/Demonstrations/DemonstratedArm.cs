using DiVLA.Control.Datasets.Format;
using DiVLA.Control.Datasets.Reading;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Training.Demonstrations;

/// <summary>The arm of one dataset: what it measured and what it was told, at any instant between two rows. n joints, N rows.</summary>
/// <remarks>
/// The action of row i is where the arm shall be <see cref="ColumnMap.ActionDelayRows"/> rows later. Between rows joints go straight.
/// Before an episode's first action the arm is where it was measured; after its last one it stays.
/// </remarks>
internal sealed class DemonstratedArm
{
    // Told to close, it has something between its fingers where it stands still wider than this share of its stroke.
    private const double EmptyShare = 0.05;
    private const double StillShare = 0.01;

    private readonly int _joints;
    private readonly int _delay;
    private readonly double[] _measured;
    private readonly double[] _commanded;
    private readonly double[] _width;
    private readonly double[] _told;
    private readonly bool[]? _holding;
    private readonly GripperProfile _gripper;

    public DemonstratedArm(LeRobotDataset dataset, ColumnMap map, ColumnBinding binding, EmbodimentProfile arm)
    {
        (_joints, _delay, _gripper, Fps) = (arm.JointCount, map.ActionDelayRows, arm.Gripper, dataset.Info.Fps);
        var scale = map.JointUnit == AngleUnit.Deg ? Math.PI / 180 : 1;
        _measured = Pick(dataset, map.State, binding.StateJoints, scale);
        _commanded = Pick(dataset, map.Action, binding.ActionJoints, scale);
        _width = Widths(dataset, map, map.State, binding.StateGripper);
        _told = Widths(dataset, map, map.Action, binding.ActionGripper);
        _holding = binding.Holding is null ? null : [.. dataset.Integers(binding.Holding).ToArray().Select(held => held != 0)];
    }

    /// <summary>Rows a second.</summary>
    public double Fps { get; }

    /// <summary>Measured joints of a row, `[n]`. Unit: rad.</summary>
    public ReadOnlySpan<double> Measured(long row) => _measured.AsSpan((int)row * _joints, _joints);

    /// <summary>Measured distance between the fingers at a row. Unit: m.</summary>
    public double GripperWidth(long row) => _width[row];

    /// <summary>Whether something is between the fingers at a row.</summary>
    public bool IsHolding(EpisodeEntry episode, long row)
    {
        if (_holding is not null) return _holding[row];
        var stroke = _gripper.OpenWidthM - _gripper.ClosedWidthM;
        var before = Math.Max(episode.From, row - (long)Math.Ceiling(Fps / 10));
        return !IsOpenAt(episode, row, 0)
            && _width[row] - _gripper.ClosedWidthM > EmptyShare * stroke
            && Math.Abs(_width[row] - _width[before]) < StillShare * stroke;
    }

    /// <summary>Commanded joints some time after a row, `[n]`. Unit: s, rad.</summary>
    public void CommandedAt(EpisodeEntry episode, long row, double seconds, Span<double> joints)
    {
        var at = Math.Clamp(Place(episode, row, seconds), -1, episode.Length - 1);
        var before = (int)Math.Floor(at);
        var from = Commanded(episode, before);
        var to = Commanded(episode, Math.Min(before + 1, episode.Length - 1));
        for (var joint = 0; joint < _joints; joint++) joints[joint] = from[joint] + (at - before) * (to[joint] - from[joint]);
    }

    /// <summary>Whether the gripper is told to be open some time after a row. Unit: s.</summary>
    public bool IsOpenAt(EpisodeEntry episode, long row, double seconds)
    {
        // An instant that is a row's own must not fall to the row before by rounding.
        var at = (int)Math.Floor(Place(episode, row, seconds) + 1e-6);
        return _told[episode.From + Math.Clamp(at, 0, episode.Length - 1)] > (_gripper.OpenWidthM + _gripper.ClosedWidthM) / 2;
    }

    // In rows since the episode's first action.
    private double Place(EpisodeEntry episode, long row, double seconds) => row - episode.From - _delay + seconds * Fps;

    private ReadOnlySpan<double> Commanded(EpisodeEntry episode, int action) =>
        action < 0 ? Measured(episode.From) : _commanded.AsSpan((int)(episode.From + action) * _joints, _joints);

    private static double[] Pick(LeRobotDataset dataset, string column, int[] places, double scale)
    {
        var width = dataset.Info.Features[column].Width;
        var values = dataset.Reals(column);
        var picked = new double[dataset.Rows * places.Length];
        for (var i = 0; i < picked.Length; i++) picked[i] = values[i / places.Length * width + places[i % places.Length]] * scale;
        return picked;
    }

    private double[] Widths(LeRobotDataset dataset, ColumnMap map, string column, int place)
    {
        if (place < 0) return [.. Enumerable.Repeat(_gripper.OpenWidthM, (int)dataset.Rows)];
        var (open, closed) = (map.GripperOpen ?? _gripper.OpenWidthM, map.GripperClosed ?? _gripper.ClosedWidthM);
        var metres = (_gripper.OpenWidthM - _gripper.ClosedWidthM) / (open - closed);
        return [.. Pick(dataset, column, [place], 1).Select(value => _gripper.ClosedWidthM + (value - closed) * metres)];
    }
}
