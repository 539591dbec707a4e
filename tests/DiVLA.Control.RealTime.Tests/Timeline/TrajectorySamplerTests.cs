using DiVLA.Control.Robot;

namespace DiVLA.Control.RealTime.Tests;

internal sealed class TrajectorySamplerTests
{
    private const long Offset = 30_000_000;
    private const long Period = 50_000_000;
    private const int Horizon = 6;
    private static readonly MonotonicTime Observed = new(7_000_000_123);
    private static readonly double[] Knots = [0.5, 0.52, 0.58, 0.57, 0.57, 0.7, 0.9];

    [Test]
    public void SampleAt_EveryKnot_IsTheAnchorOrTheSample()
    {
        var trajectory = Create();
        Assert.That(At(trajectory, 0).Joints[0], Is.EqualTo(Knots[0]).Within(1e-15));
        for (var sample = 0; sample < Horizon; sample++)
            Assert.That(At(trajectory, Offset + sample * Period).Joints[0], Is.EqualTo(Knots[sample + 1]).Within(1e-15));
    }

    [Test]
    public void SampleAt_BetweenKnots_StaysBetweenThem()
    {
        var trajectory = Create();
        for (long age = 0; age <= trajectory.LengthNs; age += 100_000)
        {
            var next = age <= Offset ? 0 : (int)((age - Offset + Period - 1) / Period);
            var (a, b) = (Knots[next], Knots[next + 1]);
            Assert.That(At(trajectory, age).Joints[0], Is.InRange(Math.Min(a, b) - 1e-12, Math.Max(a, b) + 1e-12), $"age {age}");
        }
    }

    [Test]
    public void SampleAt_AcrossKnots_PositionAndVelocityHaveNoJumps()
    {
        var trajectory = Create();
        for (var sample = 0; sample < Horizon - 1; sample++)
        {
            var knot = Offset + sample * Period;
            var (before, after) = (At(trajectory, knot - 1), At(trajectory, knot + 1));
            Assert.That(after.Joints[0], Is.EqualTo(before.Joints[0]).Within(1e-7));
            Assert.That(after.Velocities[0], Is.EqualTo(before.Velocities[0]).Within(1e-5));
        }
    }

    [Test]
    public void SampleAt_Velocity_IsTheDerivativeOfThePosition()
    {
        var trajectory = Create();
        for (long age = 1_000_000; age < trajectory.LengthNs - 1_000_000; age += 777_777)
        {
            var difference = At(trajectory, age + 1000).Joints[0] - At(trajectory, age - 1000).Joints[0];
            Assert.That(At(trajectory, age).Velocities[0], Is.EqualTo(difference / 2e-6).Within(1e-3), $"age {age}");
        }
    }

    [Test]
    public void SampleAt_StraightLine_IsFollowedExactlyFromTheAnchorOn()
    {
        var trajectory = Create(static age => 0.2 + 0.6 * age);
        for (long age = 0; age <= trajectory.LengthNs; age += 1_234_567)
        {
            var target = At(trajectory, age);
            Assert.That(target.Joints[0], Is.EqualTo(0.2 + 0.6 * age * 1e-9).Within(1e-12));
            Assert.That(target.Velocities[0], Is.EqualTo(0.6).Within(1e-9));
        }
    }

    [Test]
    public void SampleAt_BeforeTheObservation_IsTheAnchor() =>
        Assert.That(At(Create(), -5_000_000).Joints[0], Is.EqualTo(Knots[0]));

    [Test]
    public void SampleAt_Gripper_IsTheWidthOfTheSampleLedUpTo()
    {
        var trajectory = Create();
        new[] { 0.08, 0.08, 0, 0, 0.08, 0.08 }.CopyTo(trajectory.GripperWidths);
        Assert.Multiple(() =>
        {
            Assert.That(At(trajectory, 0).GripperWidth, Is.EqualTo(0.08));
            Assert.That(At(trajectory, Offset + Period).GripperWidth, Is.EqualTo(0.08));
            Assert.That(At(trajectory, Offset + Period + 1).GripperWidth, Is.Zero);
            Assert.That(At(trajectory, Offset + 3 * Period).GripperWidth, Is.Zero);
            Assert.That(At(trajectory, Offset + 3 * Period + 1).GripperWidth, Is.EqualTo(0.08));
        });
    }

    [Test]
    public void CopySamples_RowsOfTheEmbodimentStage_LandInJointsAndWidths()
    {
        var trajectory = new Trajectory(2, 3);
        trajectory.CopySamples([1, 2, 3, 0.04f, 5, 6, 7, 0.08f]);
        Assert.Multiple(() =>
        {
            Assert.That(trajectory.JointsAt(0).ToArray(), Is.EqualTo(new double[] { 1, 2, 3 }));
            Assert.That(trajectory.JointsAt(1).ToArray(), Is.EqualTo(new double[] { 5, 6, 7 }));
            Assert.That(trajectory.GripperWidths.ToArray(), Is.EqualTo(new double[] { 0.04f, 0.08f }));
            Assert.That(() => trajectory.CopySamples(new float[7]), Throws.ArgumentException);
        });
    }

    private static TargetPoint At(Trajectory trajectory, long age)
    {
        var target = default(TargetPoint);
        TrajectorySampler.SampleAt(trajectory, Observed + age, ref target);
        return target;
    }

    private static Trajectory Create(Func<double, double>? line = null)
    {
        var trajectory = new Trajectory(Horizon, 2)
        {
            ObservationTime = Observed,
            FirstSampleOffsetNs = Offset,
            SamplePeriodNs = Period,
            Anchor = new JointPositions([line?.Invoke(0) ?? Knots[0], 0]),
        };
        for (var sample = 0; sample < Horizon; sample++)
            trajectory.JointsAt(sample)[0] = line?.Invoke((Offset + sample * Period) * 1e-9) ?? Knots[sample + 1];
        return trajectory;
    }
}
