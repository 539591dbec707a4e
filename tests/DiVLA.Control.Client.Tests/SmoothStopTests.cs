using DiVLA.Control.Robot;

namespace DiVLA.Control.Client.Tests;

[TestFixture]
internal sealed class SmoothStopTests
{
    private const double Step = 1e-4;
    private readonly EmbodimentContract _contract = TestContract.Create();

    [Test]
    public void Stop_FromAnyVelocity_StaysWithinAccelerationAndJerk([Values(0.01, 0.3, 2.0)] double shoulder, [Values(-1.5, 0.0)] double elbow)
    {
        var stop = Begin([0, 0], [shoulder, elbow]);
        using (Assert.EnterMultipleScope())
        {
            for (var joint = 0; joint < 2; joint++)
            {
                Assert.That(Largest(stop, joint, 2), Is.LessThanOrEqualTo(_contract.AccelerationLimitRadPerS2[joint] * 1.001));
                Assert.That(Largest(stop, joint, 3), Is.LessThanOrEqualTo(_contract.JerkLimitRadPerS3[joint] * 1.02));
            }
        }
    }

    [Test]
    public void Stop_Begins_AtTheCommandedPointAndVelocity()
    {
        var stop = Begin([0.3, -0.2], [0.5, 0.25]);
        var soon = stop.At(Step).Joints;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(stop.At(0).Joints[0], Is.EqualTo(0.3));
            Assert.That((soon[0] - 0.3) / Step, Is.EqualTo(0.5).Within(1e-3));
            Assert.That((soon[1] + 0.2) / Step, Is.EqualTo(0.25).Within(1e-3));
        }
    }

    [Test]
    public void Stop_IsOver_ArmStandsWhereItIs()
    {
        var stop = Begin([0, 0], [1, 0]);
        var end = stop.At(stop.DurationSeconds).Joints[0];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(stop.DurationSeconds, Is.GreaterThan(0.1));
            Assert.That(end, Is.EqualTo(stop.DurationSeconds / 2).Within(1e-9));
            Assert.That(stop.At(stop.DurationSeconds + 5).Joints[0], Is.EqualTo(end));
        }
    }

    [Test]
    public void Joints_StopTogether_OnAStraightLine()
    {
        var stop = Begin([0, 0], [1, -0.5]);
        var half = stop.At(stop.DurationSeconds / 2).Joints;
        Assert.That(half[1] / half[0], Is.EqualTo(-0.5).Within(1e-9));
    }

    [Test]
    public void Limit_IsNear_PositionDoesNotPassIt()
    {
        var stop = Begin([1.99, 0], [2, 0]);
        Assert.That(stop.At(1).Joints[0], Is.EqualTo(2));
    }

    [Test]
    public void Arm_Stands_KeepsItsPlaceAndItsGrip()
    {
        var stop = Begin([0.1, 0.2], [0, 0]);
        Assert.That((stop.At(1).Joints[0], stop.At(1).Joints[1], stop.At(1).GripperWidth), Is.EqualTo((0.1, 0.2, 0.05)));
    }

    private SmoothStop Begin(double[] joints, double[] velocities)
    {
        var stop = new SmoothStop(_contract);
        stop.Begin(new RobotCommand(new JointPositions(joints), 0.05), new JointVelocities(velocities));
        return stop;
    }

    // Largest absolute value of a derivative, by finite differences from before the start to after the end.
    private static double Largest(SmoothStop stop, int joint, int order)
    {
        var values = Enumerable.Range(0, (int)(stop.DurationSeconds / Step) + 5).Select(k => stop.At(k * Step).Joints[joint]).ToArray();
        for (var derivative = 0; derivative < order; derivative++)
            values = [.. values.Zip(values.Skip(1), (before, after) => (after - before) / Step)];
        return values.Length == 0 ? 0 : values.Max(Math.Abs);
    }
}
