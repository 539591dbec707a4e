using DiVLA.Control.Policy;
using DiVLA.Control.Policy.Embodiment;
using DiVLA.Control.RealTime;
using DiVLA.Control.Robot;
using DiVLA.Control.Simulator;
using DiVLA.Control.Simulator.Arm;
using DiVLA.Control.Training.Data;

namespace DiVLA.Control.Training.Embodiments;

/// <summary>Drives an arm from place to place over the table by its MLP, a new plan every tick, through the loop, ladder and limiter that a session has.</summary>
/// <remarks>
/// The places are random, the way between two of them is smooth (least jerk) and slow enough for this arm: by exact inverse kinematics no joint needs more
/// than four fifths of its speed. What the limiter still changes, the MLP did.
/// </remarks>
internal sealed class WaypointRun
{
    private const double TopSpeed = 0.35;
    private const double TopAcceleration = 1.0;
    private const double MostUseOfSpeed = 0.8;
    private const int Iterations = 60;
    private const double Pull = 0.02;

    private readonly EmbodimentTrial _trial;
    private readonly ArmKinematics _kinematics;
    private readonly double[][] _latentRms;
    private readonly WaypointPath _path;
    private readonly double _period;
    private readonly double _slowness;

    private WaypointRun(EmbodimentTrial trial, double seconds, ulong seed)
    {
        _trial = trial;
        _kinematics = trial.Profile.CreateKinematics();
        _latentRms = trial.Profile.Mapping!.LatentRms;
        _period = 1 / trial.Profile.ControlRateHz;
        _path = new WaypointPath(new SplitMix64(seed), seconds + SampleGenerator.Horizon * SampleGenerator.SamplePeriodTicks * _period, TopSpeed, TopAcceleration);
        _slowness = Math.Max(1, UseOfSpeed(seconds) / MostUseOfSpeed);
    }

    /// <summary>Drives.</summary>
    /// <param name="trial">Arm and MLP.</param>
    /// <param name="seconds">How long, in time of the control loop. Unit: s.</param>
    /// <param name="seed">Of the places.</param>
    public static WaypointReport Drive(EmbodimentTrial trial, double seconds, ulong seed) => new WaypointRun(trial, seconds, seed).Drive((long)(seconds * trial.Profile.ControlRateHz));

    private WaypointReport Drive(long ticks)
    {
        var arm = _trial.Profile;
        var joints = new JointPositions(StartJoints(arm));
        var loop = new DryLoop(arm, SampleGenerator.Horizon, new RobotCommand(joints, arm.Gripper.OpenWidthM));
        joints = loop.RunTick().Command.Joints;
        var farthest = 0.0;
        for (var tick = 0L; tick < ticks; tick++)
        {
            var plan = Plan(joints, tick * _period);
            if (plan.Outcome != PolicyOutcome.Ok) return new WaypointReport(tick, loop.Interventions.Total, farthest, Describe(plan));
            Follow(loop, plan, joints);
            joints = loop.RunTick().Command.Joints;
            farthest = Math.Max(farthest, (_kinematics.ToolPose(joints.AsSpan()).Origin - At((tick + 1) * _period).Origin).Length);
        }
        var first = loop.Interventions.Snapshot();
        return new WaypointReport(ticks, loop.Interventions.Total, farthest, first.Count == 0 ? null : Describe(first[0]));
    }

    private PolicyTrajectory Plan(in JointPositions commanded, double time)
    {
        var from = _kinematics.ToolPose(commanded.AsSpan());
        Span<double> displacement = stackalloc double[Latent.Size];
        // Open.
        displacement[Latent.MotionSize] = 1;
        for (var h = 0; h < SampleGenerator.Horizon; h++)
        {
            Latent.Displacement(from, At(time + (h + 1) * SampleGenerator.SamplePeriodTicks * _period), displacement);
            for (var l = 0; l < displacement.Length; l++) _trial.Latent[h * displacement.Length + l] = (float)(displacement[l] / _latentRms[h][l]);
        }
        return _trial.Decode(commanded);
    }

    private RigidTransform At(double time) => _path.At(time / _slowness);

    // Of the joint that needs most, as a multiple of what it may.
    private double UseOfSpeed(double seconds)
    {
        var arm = _trial.Profile;
        var joints = StartJoints(arm);
        double[] before = [.. joints];
        var most = 0.0;
        for (var time = _period; time < seconds; time += _period)
        {
            InverseKinematics.Solve(_kinematics, _path.At(time), arm.RestRad, joints, Iterations, Pull);
            for (var j = 0; j < joints.Length; j++) most = Math.Max(most, Math.Abs(joints[j] - before[j]) / (_period * arm.VelocityLimitRadPerS[j]));
            joints.CopyTo(before, 0);
        }
        return most;
    }

    private static void Follow(DryLoop loop, PolicyTrajectory plan, in JointPositions anchor)
    {
        var trajectory = loop.BeginTrajectory(anchor, SampleGenerator.SamplePeriodTicks);
        for (var h = 0; h < plan.Horizon; h++)
        {
            plan[h].Joints.AsSpan().CopyTo(trajectory.JointsAt(h));
            trajectory.GripperWidths[h] = plan[h].GripperWidth;
        }
        loop.Publish(TrajectoryOutcome.Good);
    }

    private double[] StartJoints(EmbodimentProfile arm)
    {
        double[] joints = [.. arm.RestRad];
        InverseKinematics.Solve(_kinematics, _path.At(0), arm.RestRad, joints, 400);
        return joints;
    }

    private string Describe(LimiterIntervention intervention)
    {
        var arm = _trial.Profile;
        var part = intervention.Joint == arm.JointCount ? "the gripper" : arm.JointNames[intervention.Joint];
        return FormattableString.Invariant($"at {intervention.TickIndex * _period:F2} s the {intervention.Rules} limit of {part} changed {intervention.Before:F5} to {intervention.After:F5}");
    }

    private static string Describe(in KinematicsReport found) => FormattableString.Invariant(
        $"the MLP leaves the tool {1000 * found.DistanceM:F1} mm (allowed {1000 * found.DistanceToleranceM:F1}) and {found.AngleRad:F3} rad (allowed {found.AngleToleranceRad:F3}) from its place at sample {found.Sample}");

    private static string Describe(PolicyTrajectory plan) => plan.Outcome switch
    {
        PolicyOutcome.OutsideTrainedRange => plan.Fault.Range.Describe(),
        PolicyOutcome.FailedKinematicsCheck => Describe(plan.Fault.Kinematics),
        var outcome => $"a plan ended in {outcome}",
    };
}

/// <summary>What became of a waypoint run.</summary>
/// <param name="Ticks">Ticks driven.</param>
/// <param name="LimitHits">Commands that the limiter changed.</param>
/// <param name="FarthestM">Greatest distance of the tool from its path, the lag of following included. Unit: m.</param>
/// <param name="Fault">The first limit hit, or why there was no plan; null where all went well.</param>
internal sealed record WaypointReport(long Ticks, long LimitHits, double FarthestM, string? Fault);
