using DiVLA.Control.Robot;

namespace DiVLA.Control.RealTime.Tests;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class SafetyLimiterTests
{
    private readonly InterventionLog _log = new(7, 1000);

    [Test]
    public void Follow_AfterAGap_IsWhereTickByTickWouldHaveLed()
    {
        var (whole, gappy) = (Create(), Create());
        var (a, b) = (TestProfile.RestPosition, TestProfile.RestPosition);
        var random = new Random(3);
        for (long tick = 0; tick < 500;)
        {
            var skipped = random.Next(4) == 0 ? random.Next(1, 30) : 0;
            var velocity = (random.NextDouble() - 0.5) * 0.8;
            var goal = 0.3 * Math.Sin(tick * 0.05);
            for (var left = skipped; left >= 0; left--)
                whole.Follow(At(tick - left), Target(goal - velocity / TestProfile.RateHz * left, velocity), ref a);
            gappy.Follow(new Tick(tick, default, skipped), Target(goal, velocity), ref b);
            Assert.That(b.Joints.AsSpan().ToArray(), Is.EqualTo(a.Joints.AsSpan().ToArray()).Within(1e-12), $"tick {tick}");
            tick += skipped + 1;
        }
    }

    [Test]
    public void Follow_SeamBetweenTrajectories_IsCrossedWithinLimitsAndReported()
    {
        var limiter = Create();
        var command = TestProfile.RestPosition;
        limiter.Follow(At(0), Target(0, 0), ref command);
        var limited = limiter.Follow(At(1), Target(0.5, 0), ref command);
        var profile = TestProfile.Create();
        Assert.Multiple(() =>
        {
            Assert.That(limited.HasFlag(LimiterRules.Acceleration), Is.True);
            for (var joint = 0; joint < 7; joint++)
                Assert.That(command.Joints[joint] - TestProfile.Rest[joint], Is.InRange(1e-6, profile.AccelerationLimitRadPerS2[joint] / (82 * 82) + 1e-12));
            Assert.That(_log.Count(3, LimiterRules.Acceleration), Is.EqualTo(1));
            Assert.That(_log.Snapshot().Select(change => change.Joint), Is.EqualTo(Enumerable.Range(0, 7)));
        });
        var change = _log.Snapshot()[3];
        Assert.That((change.TickIndex, change.Before, change.After), Is.EqualTo((1, TestProfile.Rest[3] + 0.5, command.Joints[3])));
    }

    [Test]
    public void Follow_WithinLimits_ReportsNothing()
    {
        var limiter = Create();
        var command = TestProfile.RestPosition;
        for (var tick = 0; tick < 500; tick++)
        {
            var (position, velocity) = (0.2 * (1 - Math.Cos(tick / 82.0)), 0.2 * Math.Sin(tick / 82.0));
            Assert.That(limiter.Follow(At(tick), Target(position, velocity), ref command), Is.EqualTo(LimiterRules.None));
        }
        Assert.That(_log.Total, Is.Zero);
    }

    [TestCase(double.NaN)]
    [TestCase(double.PositiveInfinity)]
    [TestCase(double.NegativeInfinity)]
    public void Follow_NonFiniteTarget_BrakesToRestWithinLimitsAndSaysSo(double poison)
    {
        var limiter = Create();
        var command = TestProfile.RestPosition;
        for (var tick = 0; tick < 50; tick++)
            limiter.Follow(At(tick), Target(tick * 0.01, 0.82), ref command);
        var before = _log.Total;
        var (last, lastSpeed) = (command.Joints[0], 0.82);
        for (var tick = 50; tick < 80; tick++)
        {
            var target = Target(tick * 0.01, 0.82);
            target.Joints = With(target.Joints, 5, poison);
            Assert.That(limiter.Follow(At(tick), target, ref command), Is.EqualTo(LimiterRules.NonFinite));
            Assert.That(command.Joints.IsFinite(), Is.True);
            var speed = (command.Joints[0] - last) * 82;
            Assert.That(Math.Abs(speed - lastSpeed) * 82, Is.LessThanOrEqualTo(15 + 1e-6));
            (last, lastSpeed) = (command.Joints[0], speed);
        }
        Assert.That(limiter.IsAtRest, Is.True);
        Assert.That(_log.Count(5, LimiterRules.NonFinite), Is.EqualTo(30));
        Assert.That(_log.Total - before, Is.EqualTo(30));
    }

    [Test]
    public void Follow_NonFiniteGripper_BrakesAndKeepsItsWidth()
    {
        var limiter = Create();
        var command = TestProfile.RestPosition;
        var rules = limiter.Follow(At(0), Target(0, 0, gripper: double.NaN), ref command);
        Assert.That((rules, command.GripperWidth), Is.EqualTo((LimiterRules.NonFinite, 0.08)));
        Assert.That(_log.Count(7, LimiterRules.NonFinite), Is.EqualTo(1));
    }

    [Test]
    public void Follow_GripperCloses_MovesAtItsSpeedAndCountsOnce()
    {
        var limiter = Create();
        var command = TestProfile.RestPosition;
        for (var tick = 1; tick <= 30; tick++)
        {
            limiter.Follow(At(tick), Target(0, 0, gripper: 0), ref command);
            Assert.That(command.GripperWidth, Is.EqualTo(0.08 - tick * 0.1 / 82).Within(1e-12));
        }
        Assert.That(_log.Count(7, LimiterRules.GripperSpeed), Is.EqualTo(1));
        for (var tick = 31; tick < 100; tick++)
            limiter.Follow(At(tick), Target(0, 0, gripper: 0), ref command);
        Assert.That(command.GripperWidth, Is.Zero);
    }

    [Test]
    public void Follow_GripperBeyondItsRange_StopsAtTheRange([Values(-1.0, 1.0)] double width)
    {
        var limiter = Create();
        var command = TestProfile.RestPosition;
        for (var tick = 0; tick < 100; tick++)
            limiter.Follow(At(tick), Target(0, 0, gripper: width), ref command);
        Assert.That(command.GripperWidth, Is.EqualTo(width < 0 ? 0 : 0.08));
        Assert.That(_log.Count(7, LimiterRules.GripperRange), Is.EqualTo(100));
    }

    [Test]
    public void DecelerateToHold_InMotion_ComesToRestAndStaysThere()
    {
        var limiter = Create();
        var command = TestProfile.RestPosition;
        for (var tick = 0; tick < 50; tick++)
            limiter.Follow(At(tick), Target(tick * 0.01, 0.82), ref command);
        var last = command.Joints[0];
        limiter.DecelerateToHold(At(50), ref command);
        Assert.That(command.Joints[0], Is.GreaterThan(last), "It cannot stop at once.");
        for (var tick = 51; tick < 80; tick++)
            limiter.DecelerateToHold(At(tick), ref command);
        var held = command;
        limiter.DecelerateToHold(At(80), ref command);
        Assert.That(limiter.IsAtRest, Is.True);
        Assert.That(command.Joints.AsSpan().ToArray(), Is.EqualTo(held.Joints.AsSpan().ToArray()));
    }

    [Test]
    public void Follow_AfterAStallOfMinutes_StaysWithinLimits()
    {
        var limiter = Create();
        var command = TestProfile.RestPosition;
        limiter.Follow(new Tick(10_000, default, 9_999), Target(0.4, 0), ref command);
        Assert.That(command.Joints[0], Is.EqualTo(0.4).Within(1e-12));
    }

    [Test]
    public void Constructor_ImpossibleProfile_NamesEveryFault()
    {
        var broken = TestProfile.Create() with
        {
            VelocityLimitRadPerS = [1, 2, 3],
            AccelerationLimitRadPerS2 = [1, 1, 1, -1, 1, 1, 1],
            Gripper = new GripperProfile(0.01, 0.02, 0.1, ""),
        };
        Assert.That(() => new SafetyLimiter(broken, 82, _log), Throws.ArgumentException.With.Message.Contains("velocity_limit_rad_per_s: found 3")
            .And.Message.Contains("acceleration_limit_rad_per_s2").And.Message.Contains("gripper"));
    }

    private SafetyLimiter Create()
    {
        var limiter = new SafetyLimiter(TestProfile.Create(), TestProfile.RateHz, _log);
        limiter.ResetTo(TestProfile.RestPosition);
        return limiter;
    }

    private static Tick At(long tick) => new(tick, default, 0);

    private static TargetPoint Target(double displacement, double velocity, double gripper = 0.08) => new(
        new JointPositions([.. TestProfile.Rest.Select(rest => rest + displacement)]), new JointVelocities([.. Enumerable.Repeat(velocity, 7)]), gripper);

    private static JointPositions With(JointPositions joints, int joint, double value)
    {
        joints[joint] = value;
        return joints;
    }
}
