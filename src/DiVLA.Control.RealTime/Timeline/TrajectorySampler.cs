using System.Runtime.CompilerServices;
using DiVLA.Control.Robot;

namespace DiVLA.Control.RealTime;

/// <summary>Evaluates a trajectory at an instant between its observation and its last sample.</summary>
/// <remarks>
/// The knots are the anchor (time 0) and the samples. Between them runs a monotone cubic (Fritsch-Butland slopes): velocity has no jumps within a
/// trajectory, and the curve never leaves the range of its two knots, so that interpolation adds no motion that the policy did not ask for.
/// At the anchor the slope is that of the first chord. Any slope taken from the far samples or set to zero would make an arm whose plan is replaced
/// at every tick follow the first fraction of ever new slow starts, and creep.
/// The gripper is a decision, not a motion: the width of the sample that the instant leads up to, never something between open and closed.
/// </remarks>
internal static class TrajectorySampler
{
    /// <summary>Samples at <paramref name="time"/>, which must not lie beyond the last sample; before the observation the anchor is given.</summary>
    [SkipLocalsInit]
    public static void SampleAt(Trajectory trajectory, MonotonicTime time, ref TargetPoint target)
    {
        var age = Math.Clamp(time - trajectory.ObservationTime, 0, trajectory.LengthNs);
        var next = NextSample(trajectory, age);
        target.GripperWidth = trajectory.GripperWidths[next];
        var anchor = trajectory.Anchor;
        var joints = trajectory.JointCount;
        Span<double> positions = stackalloc double[JointValues.Capacity];
        Span<double> velocities = stackalloc double[JointValues.Capacity];
        var segment = new Segment(trajectory, next, age);
        for (var joint = 0; joint < joints; joint++)
            positions[joint] = segment.Evaluate(anchor[joint], joint, out velocities[joint]);
        target.Joints = new JointPositions(positions[..joints]);
        target.Velocities = new JointVelocities(velocities[..joints]);
    }

    private static int NextSample(Trajectory trajectory, long age)
    {
        var beyondFirst = age - trajectory.FirstSampleOffsetNs;
        return beyondFirst <= 0 ? 0 : (int)((beyondFirst + trajectory.SamplePeriodNs - 1) / trajectory.SamplePeriodNs);
    }

    /// <summary>The cubic from the knot before sample `next` to that sample.</summary>
    private readonly ref struct Segment(Trajectory trajectory, int next, long age)
    {
        private const double SecondsPerNanosecond = 1e-9;
        private readonly double _period = trajectory.SamplePeriodNs * SecondsPerNanosecond;
        private readonly double _length = (next == 0 ? trajectory.FirstSampleOffsetNs : trajectory.SamplePeriodNs) * SecondsPerNanosecond;
        private readonly double _lengthBefore = (next == 1 ? trajectory.FirstSampleOffsetNs : trajectory.SamplePeriodNs) * SecondsPerNanosecond;
        private readonly double _elapsed =
            (next == 0 ? age : age - trajectory.FirstSampleOffsetNs - (next - 1) * trajectory.SamplePeriodNs) * SecondsPerNanosecond;

        public double Evaluate(double anchor, int joint, out double velocity)
        {
            var from = next == 0 ? anchor : trajectory.JointsAt(next - 1)[joint];
            var to = trajectory.JointsAt(next)[joint];
            var chord = (to - from) / _length;
            var startSlope = next == 0 ? chord : Slope(SlopeBefore(anchor, joint, from), _lengthBefore, chord, _length);
            var endSlope = next == trajectory.Horizon - 1 ? chord
                : Slope(chord, _length, (trajectory.JointsAt(next + 1)[joint] - to) / _period, _period);
            var s = _elapsed / _length;
            var quadratic = 3 * chord - 2 * startSlope - endSlope;
            var cubic = startSlope + endSlope - 2 * chord;
            velocity = startSlope + s * (2 * quadratic + 3 * cubic * s);
            return from + _elapsed * (startSlope + s * (quadratic + cubic * s));
        }

        private double SlopeBefore(double anchor, int joint, double from) =>
            (from - (next == 1 ? anchor : trajectory.JointsAt(next - 2)[joint])) / _lengthBefore;

        // Weighted harmonic mean of the neighbouring chords; 0 at a turn. F. N. Fritsch and J. Butland, SIAM J. Sci. Stat. Comput. 5 (1984).
        private static double Slope(double before, double lengthBefore, double after, double lengthAfter)
        {
            if (before * after <= 0) return 0;
            var weightBefore = 2 * lengthAfter + lengthBefore;
            var weightAfter = lengthAfter + 2 * lengthBefore;
            return (weightBefore + weightAfter) / (weightBefore / before + weightAfter / after);
        }
    }
}
