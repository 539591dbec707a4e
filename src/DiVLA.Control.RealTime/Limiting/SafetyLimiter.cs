using DiVLA.Control.Robot;

namespace DiVLA.Control.RealTime;

/// <summary>Turns what a trajectory wants into what the arm is told, from the last command on and within every limit of the profile.</summary>
/// <remarks>
/// Ticks that passed without a command are stepped through as if they had been sent: the command after a gap lies on a path that obeys the limits
/// at every tick of it, whatever the gap. Fails closed: a target that is not finite makes the arm brake. Used by the loop thread; does not allocate.
/// </remarks>
internal sealed class SafetyLimiter
{
    // A longer stall is no motion to be caught up with; the arm has come to rest meanwhile, and what is left is done in the next ticks.
    private const long MaxStepsATick = 100;

    // Below this a difference is rounding of the policy's single precision, not an intervention. Unit: rad, m.
    private const double Negligible = 1e-6;
    private readonly JointLimiter[] _joints;
    private readonly GripperProfile _gripper;
    private readonly double _gripperStep;
    private readonly double _rateHz;
    private readonly InterventionLog _log;
    private double _gripperWidth;
    private double _gripperGoal;

    /// <summary>Takes the limits from the profile.</summary>
    /// <exception cref="ArgumentException">The profile's limits are missing, not finite or contradictory.</exception>
    public SafetyLimiter(EmbodimentProfile profile, double rateHz, InterventionLog log)
    {
        _joints = [.. JointLimits.Of(profile, rateHz).Select(limits => new JointLimiter(limits))];
        _gripper = profile.Gripper;
        _gripperStep = profile.Gripper.SpeedMPerS / rateHz;
        _rateHz = rateHz;
        _log = log;
    }

    /// <summary>True while no joint is moving.</summary>
    public bool IsAtRest
    {
        get
        {
            foreach (var joint in _joints)
                if (!joint.IsAtRest) return false;
            return true;
        }
    }

    /// <summary>Starts over at rest, where the arm is.</summary>
    public void ResetTo(in RobotCommand position)
    {
        for (var joint = 0; joint < _joints.Length; joint++)
            _joints[joint].ResetTo(position.Joints[joint]);
        _gripperWidth = Math.Clamp(position.GripperWidth, _gripper.ClosedWidthM, _gripper.OpenWidthM);
        _gripperGoal = _gripperWidth;
    }

    /// <summary>Moves towards a target.</summary>
    /// <returns>Rules that changed the command.</returns>
    public LimiterRules Follow(in Tick tick, in TargetPoint target, ref RobotCommand command)
    {
        if (!target.IsFinite()) return FailClosed(tick, target, ref command);
        var steps = Math.Min(tick.Skipped + 1, MaxStepsATick);
        var all = FollowGripper(tick, target.GripperWidth, steps);
        for (var joint = 0; joint < _joints.Length; joint++)
        {
            var limiter = _joints[joint];
            var wanted = target.Joints[joint];
            var velocity = target.Velocities[joint] / _rateHz;
            var rules = LimiterRules.None;
            for (var left = steps - 1; left >= 0; left--)
                rules = limiter.Follow(wanted - velocity * left, velocity);
            all |= Report(tick.Index, joint, rules, wanted, limiter.Position);
        }
        WriteTo(ref command);
        return all;
    }

    /// <summary>Brakes as fast as the limits allow, then keeps the position; the gripper keeps its width.</summary>
    public void DecelerateToHold(in Tick tick, ref RobotCommand command)
    {
        var steps = Math.Min(tick.Skipped + 1, MaxStepsATick);
        foreach (var joint in _joints)
            for (var step = 0; step < steps; step++)
                joint.Brake();
        WriteTo(ref command);
    }

    private LimiterRules FailClosed(in Tick tick, in TargetPoint target, ref RobotCommand command)
    {
        DecelerateToHold(tick, ref command);
        for (var joint = 0; joint < _joints.Length; joint++)
            if (!double.IsFinite(target.Joints[joint]) || !double.IsFinite(target.Velocities[joint]))
                _log.RecordFromLoop(new(tick.Index, joint, LimiterRules.NonFinite, target.Joints[joint], command.Joints[joint]));
        if (!double.IsFinite(target.GripperWidth))
            _log.RecordFromLoop(new(tick.Index, _joints.Length, LimiterRules.NonFinite, target.GripperWidth, command.GripperWidth));
        return LimiterRules.NonFinite;
    }

    // Open and closed are decisions that take many ticks to carry out: the speed counts as an intervention where the decision changes, not all the way.
    private LimiterRules FollowGripper(in Tick tick, double wanted, long steps)
    {
        var goal = Math.Clamp(wanted, _gripper.ClosedWidthM, _gripper.OpenWidthM);
        var rules = Math.Abs(goal - wanted) > Negligible ? LimiterRules.GripperRange : LimiterRules.None;
        var reach = _gripperStep * steps;
        var before = _gripperWidth;
        _gripperWidth = Math.Clamp(goal, before - reach, before + reach);
        if (_gripperWidth != goal && goal != _gripperGoal) rules |= LimiterRules.GripperSpeed;
        _gripperGoal = goal;
        return Report(tick.Index, _joints.Length, rules, wanted, _gripperWidth);
    }

    private LimiterRules Report(long tick, int joint, LimiterRules rules, double before, double after)
    {
        if (rules == LimiterRules.None || Math.Abs(before - after) <= Negligible) return LimiterRules.None;
        _log.RecordFromLoop(new(tick, joint, rules, before, after));
        return rules;
    }

    private void WriteTo(ref RobotCommand command)
    {
        Span<double> joints = stackalloc double[_joints.Length];
        for (var joint = 0; joint < joints.Length; joint++)
            joints[joint] = _joints[joint].Position;
        command = new RobotCommand(new JointPositions(joints), _gripperWidth);
    }
}
