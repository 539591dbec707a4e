using DiVLA.Control.Robot;

namespace DiVLA.Control.RealTime;

/// <summary>Where the policy wants the arm over the next instants, with the observation that it follows from. Preallocated and reused.</summary>
/// <remarks>Filled by the policy thread between <see cref="TrajectoryTimeline.BeginFromPolicy"/> and <see cref="TrajectoryTimeline.PublishFromPolicy"/>, read-only afterwards.</remarks>
public sealed class Trajectory
{
    private readonly double[] _joints;
    private readonly double[] _gripperWidths;

    internal Trajectory(int horizon, int jointCount)
    {
        JointCount = jointCount;
        _joints = new double[horizon * jointCount];
        _gripperWidths = new double[horizon];
    }

    /// <summary>Number of samples, H.</summary>
    public int Horizon => _gripperWidths.Length;

    /// <summary>Number of joints, n.</summary>
    public int JointCount { get; }

    /// <summary>Observation that the policy saw; as told to <see cref="LoopSignals.ObserveFromIngress"/>.</summary>
    public long ObservationId { get; set; }

    /// <summary>When that observation was made. The trajectory's time 0.</summary>
    public MonotonicTime ObservationTime { get; set; }

    /// <summary>Commanded joints at the observation: where the trajectory starts. Unit: rad.</summary>
    public JointPositions Anchor { get; set; }

    /// <summary>From the observation to the first sample. Unit: ns. Range: above 0.</summary>
    public long FirstSampleOffsetNs { get; set; }

    /// <summary>From each sample to the next. Unit: ns. Range: above 0.</summary>
    public long SamplePeriodNs { get; set; }

    /// <summary>Reasoning phrase that steered this trajectory.</summary>
    public long PhraseId { get; set; }

    /// <summary>How current that phrase was.</summary>
    public PhraseState PhraseState { get; set; }

    /// <summary>Whether the trajectory may be followed.</summary>
    public TrajectoryOutcome Outcome { get; set; }

    /// <summary>Number of this trajectory; the first published is 1.</summary>
    public long Number { get; internal set; }

    /// <summary>Trajectories up to this one, without a gap, that may not be followed.</summary>
    public int ConsecutiveFaults { get; internal set; }

    /// <summary>From the observation to the last sample. Unit: ns.</summary>
    public long LengthNs => FirstSampleOffsetNs + (Horizon - 1) * SamplePeriodNs;

    /// <summary>Joint positions of one sample, `[n]`. Unit: rad.</summary>
    public Span<double> JointsAt(int sample) => _joints.AsSpan(sample * JointCount, JointCount);

    /// <summary>Gripper width of every sample, `[H]`. Unit: m.</summary>
    public Span<double> GripperWidths => _gripperWidths;

    /// <summary>Takes over samples as the embodiment stage gives them: `[H, n + 1]`, joints (rad) then gripper width (m).</summary>
    /// <exception cref="ArgumentException">The length is not H * (n + 1).</exception>
    public void CopySamples(ReadOnlySpan<float> samples)
    {
        var width = JointCount + 1;
        if (samples.Length != Horizon * width)
            throw new ArgumentException($"{samples.Length} numbers for [{Horizon}, {width}].", nameof(samples));
        for (var sample = 0; sample < Horizon; sample++)
        {
            var row = samples.Slice(sample * width, width);
            for (var joint = 0; joint < JointCount; joint++)
                _joints[sample * JointCount + joint] = row[joint];
            _gripperWidths[sample] = row[JointCount];
        }
    }

    /// <summary>True where every sample and the anchor are finite and the times make sense.</summary>
    internal bool IsWellFormed()
    {
        foreach (var joint in _joints)
            if (!double.IsFinite(joint)) return false;
        foreach (var width in _gripperWidths)
            if (!double.IsFinite(width)) return false;
        return Anchor.Count == JointCount && Anchor.IsFinite() && FirstSampleOffsetNs > 0 && SamplePeriodNs > 0;
    }
}
