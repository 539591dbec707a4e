namespace DiVLA.Control.RealTime;

/// <summary>Moves one joint towards moving targets without ever breaking a limit. Counts in ticks, see <see cref="JointBraking"/>.</summary>
/// <remarks>
/// The invariant, true after every tick: braking from here on as <see cref="JointBraking"/> does stays within all limits. Braking is therefore always
/// a choice that keeps the invariant, and whatever else is chosen lies between it and what the target asks for.
/// A target that can be reached within the limits, and kept at the next tick, is reached exactly. Otherwise the joint moves so that, braking
/// from the next tick on relative to the target's own velocity, it would come to rest on the target: the fastest approach that does not overshoot.
/// </remarks>
internal sealed class JointLimiter(JointLimits limits)
{
    private const double SolverTolerance = 1e-14;
    private const int MaxSolverSteps = 60;
    private double _velocity;
    private double _acceleration;

    /// <summary>Last commanded position. Unit: rad.</summary>
    public double Position { get; private set; }

    /// <summary>True while the joint is not moving.</summary>
    public bool IsAtRest => _velocity == 0 && _acceleration == 0;

    /// <summary>Starts over at rest.</summary>
    public void ResetTo(double position) => (Position, _velocity, _acceleration) = (position, 0, 0);

    /// <summary>Moves one tick towards rest.</summary>
    public void Brake() => MoveBy(BrakingAcceleration());

    /// <summary>Moves one tick towards a target that itself moves by <paramref name="targetVelocity"/> a tick.</summary>
    /// <returns>Rules that kept the joint from being at the target.</returns>
    public LimiterRules Follow(double target, double targetVelocity)
    {
        var goal = Math.Clamp(target, limits.Lower, limits.Upper);
        var goalVelocity = goal == target ? Math.Clamp(targetVelocity, -limits.Velocity, limits.Velocity) : 0;
        var wanted = goal - Position - _velocity;
        var rules = goal == target ? LimiterRules.None : LimiterRules.Position;
        rules |= WhyNot(wanted, goalVelocity);
        var chosen = (rules & ~LimiterRules.Position) == LimiterRules.None ? wanted : Approach(goal, goalVelocity);
        var safe = StayInRange(chosen);
        if (safe != chosen) rules |= LimiterRules.Position;
        MoveBy(safe);
        if (safe == wanted) Position = goal;
        return rules;
    }

    private double LowestAcceleration =>
        Math.Max(Math.Max(_acceleration - limits.Jerk, -limits.Acceleration), -JointBraking.DecelerationFor(Math.Max(limits.Velocity + _velocity, 0), limits.Jerk));

    private double HighestAcceleration =>
        Math.Min(Math.Min(_acceleration + limits.Jerk, limits.Acceleration), JointBraking.DecelerationFor(Math.Max(limits.Velocity - _velocity, 0), limits.Jerk));

    private double BrakingAcceleration() => JointBraking.NextAcceleration(_velocity, _acceleration, limits.Acceleration, limits.Jerk);

    private void MoveBy(double acceleration)
    {
        _acceleration = acceleration;
        _velocity += acceleration;
        Position += _velocity;
    }

    // The rules that forbid to be on the target now, or to stay on it at the next tick.
    private LimiterRules WhyNot(double wanted, double goalVelocity)
    {
        var toKeep = goalVelocity - _velocity - wanted;
        var rules = LimiterRules.None;
        if (Math.Abs(wanted) > limits.Acceleration || Math.Abs(toKeep) > limits.Acceleration) rules |= LimiterRules.Acceleration;
        if (Math.Abs(wanted - _acceleration) > limits.Jerk || Math.Abs(toKeep - wanted) > limits.Jerk || Math.Abs(toKeep) > limits.Jerk) rules |= LimiterRules.Jerk;
        if (wanted < -JointBraking.DecelerationFor(Math.Max(limits.Velocity + _velocity, 0), limits.Jerk)
            || wanted > JointBraking.DecelerationFor(Math.Max(limits.Velocity - _velocity, 0), limits.Jerk)) rules |= LimiterRules.Velocity;
        return rules;
    }

    // Where braking would end grows with the acceleration: regula falsi (Illinois) between the lowest and the highest.
    private double Approach(double goal, double goalVelocity)
    {
        var (low, high) = (LowestAcceleration, HighestAcceleration);
        var (missLow, missHigh) = (Miss(low), Miss(high));
        if (missLow >= 0) return low;
        if (missHigh <= 0) return high;
        for (var step = 0; step < MaxSolverSteps; step++)
        {
            var middle = low + (high - low) * (missLow / (missLow - missHigh));
            var miss = Miss(middle);
            if (Math.Abs(miss) <= SolverTolerance || middle <= low || middle >= high) return middle;
            if (miss < 0) (low, missLow, missHigh) = (middle, miss, missHigh / 2);
            else (high, missHigh, missLow) = (middle, miss, missLow / 2);
        }
        return low;

        double Miss(double acceleration)
        {
            var velocity = _velocity + acceleration;
            return Position + velocity - goal + JointBraking.Path(velocity - goalVelocity, acceleration, limits.Acceleration, limits.Jerk).Rest;
        }
    }

    // Accelerations that leave room to brake are an interval around braking itself: bisect towards it.
    private double StayInRange(double chosen)
    {
        if (LeavesRoom(chosen)) return chosen;
        var braking = BrakingAcceleration();
        var (good, bad) = (braking, chosen);
        for (var step = 0; step < MaxSolverSteps && Math.Abs(good - bad) > SolverTolerance; step++)
        {
            var middle = (good + bad) / 2;
            if (LeavesRoom(middle)) good = middle;
            else bad = middle;
        }
        return good;
    }

    private bool LeavesRoom(double acceleration)
    {
        var velocity = _velocity + acceleration;
        var next = Position + velocity;
        var path = JointBraking.Path(velocity, acceleration, limits.Acceleration, limits.Jerk);
        return next + path.High <= Math.Max(limits.Upper, Position) && next + path.Low >= Math.Min(limits.Lower, Position);
    }
}
