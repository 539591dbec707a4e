using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.Arm;
using DiVLA.Control.Simulator.Tasks;
using DiVLA.Control.Simulator.World;

namespace DiVLA.Control.Simulator.Expert;

/// <summary>Turns the expert's advice into joint commands: what a perfect policy would send.</summary>
public sealed class ExpertController(EmbodimentProfile profile)
{
    private readonly ArmKinematics _kinematics = profile.CreateKinematics();

    /// <summary>The command for the next control period, planned from the commanded joints.</summary>
    public RobotCommand Command(SimulatedWorld world, Goal goal)
    {
        var state = world.State;
        var commanded = _kinematics.ToolPose(state.CommandedJoints.AsSpan());
        var advice = ScriptedExpert.Advise(world.Scene, goal, world.ToolPose, world.GripperWidth);
        var target = RotationVector.Displace(commanded, advice.Velocity * TaskSpaceRollout.Period, advice.Rotation * TaskSpaceRollout.Period);
        Span<double> joints = stackalloc double[profile.JointCount];
        state.CommandedJoints.AsSpan().CopyTo(joints);
        InverseKinematics.Solve(_kinematics, target, profile.RestRad, joints, 4);
        return new RobotCommand(new JointPositions(joints), advice.IsGripperOpen ? profile.Gripper.OpenWidthM : profile.Gripper.ClosedWidthM);
    }
}
