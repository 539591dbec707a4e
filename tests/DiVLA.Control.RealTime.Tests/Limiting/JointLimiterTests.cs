namespace DiVLA.Control.RealTime.Tests;

/// <summary>Properties of the limiter over random motions. Velocity, acceleration and jerk are taken from the commands, as a robot would.</summary>
internal sealed class JointLimiterTests
{
    private const double Rounding = 1e-11;

    // From limits that one tick can use up (a Panda at 82 Hz) to such that take dozens of ticks.
    private static readonly JointLimits[] Kinds =
    [
        new(-2.9, 2.9, 2.175 / 82, 15.0 / (82 * 82), 7500.0 / (82 * 82 * 82)),
        new(-2.9, 2.9, 2.175 / 82, 15.0 / (82 * 82), 100.0 / (82 * 82 * 82)),
        new(-0.3, 0.3, 2.0 / 1000, 5.0 / 1e6, 50.0 / 1e9),
        new(-3.1, -0.07, 0.02, 0.001, 0.0009),
        new(-1, 1, 0.5, 0.01, 1),
        new(-1, 1, 0.001, 0.01, 0.002),
    ];

    [Test]
    public void Follow_RandomTargets_NoLimitIsEverViolated([Range(0, 5)] int kind, [Range(1, 12)] int seed)
    {
        var limits = Kinds[kind];
        var random = new Random(seed * 31 + kind);
        var motion = new ObservedMotion(limits, random.NextDouble() * (limits.Upper - limits.Lower) + limits.Lower);
        var (target, velocity) = (0.0, 0.0);
        for (var tick = 0; tick < 4000; tick++)
        {
            if (random.NextDouble() < 0.03) (target, velocity) = RandomTarget(random, limits);
            target += velocity;
            motion.Follow(target + (random.NextDouble() < 0.2 ? (random.NextDouble() - 0.5) * 0.01 : 0), velocity);
            if (random.NextDouble() < 0.02) motion.Brake(random.Next(1, 30));
        }
        Assert.Multiple(() =>
        {
            Assert.That(motion.HighestPosition, Is.LessThanOrEqualTo(limits.Upper + Rounding));
            Assert.That(motion.LowestPosition, Is.GreaterThanOrEqualTo(limits.Lower - Rounding));
            Assert.That(motion.HighestSpeed, Is.LessThanOrEqualTo(limits.Velocity + Rounding));
            Assert.That(motion.HighestAcceleration, Is.LessThanOrEqualTo(limits.Acceleration + Rounding));
            Assert.That(motion.HighestJerk, Is.LessThanOrEqualTo(limits.Jerk + Rounding));
            Assert.That(motion.HighestAcceleration, Is.GreaterThan(limits.Acceleration * 0.9).Or.GreaterThan(limits.Velocity * 0.9), "The targets must be such that limits matter.");
        });
    }

    [Test]
    public void Follow_ConstantTargetFromRest_SettlesOnItWithoutOvershoot([Range(0, 5)] int kind, [Range(1, 20)] int seed)
    {
        var limits = Kinds[kind];
        var random = new Random(seed * 17 + kind);
        var start = random.NextDouble() * (limits.Upper - limits.Lower) + limits.Lower;
        var target = random.NextDouble() * (limits.Upper - limits.Lower) + limits.Lower;
        var joint = new JointLimiter(limits);
        joint.ResetTo(start);
        var direction = Math.Sign(target - start);
        for (var tick = 0; tick < 20_000 && !(joint.IsAtRest && tick > 0 && joint.Position == target); tick++)
        {
            var before = joint.Position;
            joint.Follow(target, 0);
            Assert.That((joint.Position - before) * direction, Is.GreaterThanOrEqualTo(-Rounding), "It never turns back.");
            Assert.That((target - joint.Position) * direction, Is.GreaterThanOrEqualTo(-Rounding), "It never passes the target.");
        }
        Assert.That((joint.Position, joint.IsAtRest), Is.EqualTo((target, true)));
    }

    [Test]
    public void Follow_ConstantTargetFromAnyMotion_TurnsAtMostTwiceAndSettles([Range(0, 5)] int kind, [Range(1, 20)] int seed)
    {
        var limits = Kinds[kind];
        var random = new Random(seed * 13 + kind);
        var joint = new JointLimiter(limits);
        joint.ResetTo((limits.Lower + limits.Upper) / 2);
        for (var tick = 0; tick < 300; tick++)
        {
            var (wild, velocity) = RandomTarget(random, limits);
            joint.Follow(wild, velocity);
        }
        var target = random.NextDouble() * (limits.Upper - limits.Lower) + limits.Lower;
        var (turns, lastDirection) = (0, 0);
        for (var tick = 0; tick < 20_000 && !(joint.IsAtRest && joint.Position == target); tick++)
        {
            var before = joint.Position;
            joint.Follow(target, 0);
            var step = joint.Position - before;
            var direction = Math.Abs(step) < Rounding ? 0 : Math.Sign(step);
            if (direction != 0 && lastDirection != 0 && direction != lastDirection) turns++;
            if (direction != 0) lastDirection = direction;
        }
        Assert.That((joint.Position, joint.IsAtRest), Is.EqualTo((target, true)));
        Assert.That(turns, Is.LessThanOrEqualTo(2));
    }

    [Test]
    public void Follow_MotionWithinLimits_IsPassedThroughExactly([Range(0, 5)] int kind)
    {
        var limits = Kinds[kind];
        var joint = new JointLimiter(limits);
        var middle = (limits.Lower + limits.Upper) / 2;
        joint.ResetTo(middle);
        // A sine whose speed, acceleration and jerk stay below a tenth of the limits, entered at its turning point.
        var omega = Math.Min(0.05, Math.Min(limits.Acceleration / limits.Velocity, limits.Jerk / limits.Acceleration) / 4);
        var amplitude = 0.1 * Math.Min(limits.Upper - middle, Math.Min(limits.Velocity / omega, Math.Min(limits.Acceleration / (omega * omega), limits.Jerk / (omega * omega * omega))));
        for (var tick = 1; tick < 2000; tick++)
        {
            var target = middle + amplitude * (1 - Math.Cos(omega * tick)) / 2;
            var rules = joint.Follow(target, amplitude * omega * Math.Sin(omega * tick) / 2);
            Assert.That((joint.Position, rules), Is.EqualTo((target, LimiterRules.None)), $"tick {tick}");
        }
    }

    [Test]
    public void Follow_TargetMovingAtConstantSpeed_CatchesUpAndStaysOnIt([Range(0, 5)] int kind)
    {
        var limits = Kinds[kind];
        var joint = new JointLimiter(limits);
        joint.ResetTo(limits.Lower);
        var speed = Math.Min(limits.Velocity / 3, Math.Sqrt(limits.Acceleration * (limits.Upper - limits.Lower)) / 12);
        var target = limits.Lower + (limits.Upper - limits.Lower) / 10;
        var caughtAt = -1;
        for (var tick = 0; target + speed < limits.Upper - (limits.Upper - limits.Lower) / 3; tick++)
        {
            target += speed;
            joint.Follow(target, speed);
            Assert.That(joint.Position, Is.LessThanOrEqualTo(target + Rounding), "It does not run ahead.");
            var isOnTarget = Math.Abs(joint.Position - target) < Rounding;
            if (isOnTarget && caughtAt < 0) caughtAt = tick;
            if (caughtAt >= 0) Assert.That(isOnTarget, Is.True, $"Lost again at tick {tick}.");
        }
        Assert.That(caughtAt, Is.GreaterThan(0));
    }

    [Test]
    public void Brake_FromAnyMotion_ReachesExactRest([Range(0, 5)] int kind, [Range(1, 10)] int seed)
    {
        var limits = Kinds[kind];
        var random = new Random(seed);
        var motion = new ObservedMotion(limits, (limits.Lower + limits.Upper) / 2);
        for (var tick = 0; tick < 200; tick++)
        {
            var (target, velocity) = RandomTarget(random, limits);
            motion.Follow(target, velocity);
        }
        var ticks = (int)(limits.Velocity / limits.Acceleration + 2 * limits.Acceleration / limits.Jerk + 2 * Math.Sqrt(limits.Velocity / limits.Jerk)) + 5;
        motion.Brake(ticks);
        Assert.Multiple(() =>
        {
            Assert.That(motion.Joint.IsAtRest, Is.True, $"after {ticks} ticks");
            Assert.That(motion.HighestAcceleration, Is.LessThanOrEqualTo(limits.Acceleration + Rounding));
            Assert.That(motion.HighestJerk, Is.LessThanOrEqualTo(limits.Jerk + Rounding));
            Assert.That(motion.HighestPosition, Is.LessThanOrEqualTo(limits.Upper + Rounding));
            Assert.That(motion.LowestPosition, Is.GreaterThanOrEqualTo(limits.Lower - Rounding));
        });
    }

    [Test]
    public void Follow_TargetBeyondRange_StopsAtTheRangeAndSaysWhy()
    {
        var limits = Kinds[1];
        var motion = new ObservedMotion(limits, 2);
        var rules = LimiterRules.None;
        for (var tick = 0; tick < 500; tick++)
            rules = motion.Follow(10, 0.02);
        Assert.Multiple(() =>
        {
            Assert.That(motion.Joint.Position, Is.EqualTo(limits.Upper));
            Assert.That(motion.Joint.IsAtRest, Is.True);
            Assert.That(rules, Is.EqualTo(LimiterRules.Position));
            Assert.That(motion.HighestAcceleration, Is.LessThanOrEqualTo(limits.Acceleration + Rounding));
        });
    }

    [Test]
    public void Follow_StartOutsideRange_ComesBackAndNeverGoesFurtherOut([Values(-4.0, 4.0)] double start)
    {
        var limits = Kinds[0];
        var motion = new ObservedMotion(limits, start);
        for (var tick = 0; tick < 500; tick++)
            motion.Follow(start * 2, 0);
        Assert.That(motion.Joint.Position, Is.EqualTo(Math.Clamp(start, limits.Lower, limits.Upper)));
        Assert.That(Math.Max(motion.HighestPosition, -motion.LowestPosition), Is.LessThanOrEqualTo(4 + Rounding));
    }

    private static (double Target, double Velocity) RandomTarget(Random random, JointLimits limits)
    {
        var target = (random.NextDouble() * 1.6 - 0.3) * (limits.Upper - limits.Lower) + limits.Lower;
        var velocity = random.NextDouble() < 0.3 ? 0 : (random.NextDouble() - 0.5) * 4 * limits.Velocity;
        return (target, velocity);
    }

    /// <summary>A joint whose speed, acceleration and jerk are computed from its positions alone.</summary>
    private sealed class ObservedMotion
    {
        private double _position;
        private double _velocity;
        private double _acceleration;

        public ObservedMotion(JointLimits limits, double start)
        {
            Joint = new JointLimiter(limits);
            Joint.ResetTo(start);
            _position = HighestPosition = LowestPosition = start;
        }

        public JointLimiter Joint { get; }

        public double HighestPosition { get; private set; }

        public double LowestPosition { get; private set; }

        public double HighestSpeed { get; private set; }

        public double HighestAcceleration { get; private set; }

        public double HighestJerk { get; private set; }

        public LimiterRules Follow(double target, double velocity)
        {
            var rules = Joint.Follow(target, velocity);
            Observe();
            return rules;
        }

        public void Brake(int ticks)
        {
            for (var tick = 0; tick < ticks; tick++)
            {
                Joint.Brake();
                Observe();
            }
        }

        private void Observe()
        {
            var velocity = Joint.Position - _position;
            var acceleration = velocity - _velocity;
            HighestPosition = Math.Max(HighestPosition, Joint.Position);
            LowestPosition = Math.Min(LowestPosition, Joint.Position);
            HighestSpeed = Math.Max(HighestSpeed, Math.Abs(velocity));
            HighestAcceleration = Math.Max(HighestAcceleration, Math.Abs(acceleration));
            HighestJerk = Math.Max(HighestJerk, Math.Abs(acceleration - _acceleration));
            (_position, _velocity, _acceleration) = (Joint.Position, velocity, acceleration);
        }
    }
}
