using DiVLA.Control.Policy.Embodiment;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Policy.Tests.Embodiment;

[TestFixture]
internal sealed class TaskSpaceStateTests
{
    [Test]
    public void Run_QuarterTurn_GivesTheToolInTheTableFrame()
    {
        using var state = new TaskSpaceState(OneJointArm.Kinematics);
        var fault = state.Run(Robot(Math.PI / 2, gripperWidth: 0.06, isHolding: true));

        // Tool at (0, 0.5, 0); its x axis along y, its y axis along -x.
        float[] expected = [-5, 0.5f / 0.15f, -1.5f, 0, 1, 0, -1, 0, 0, 0.5f, 1];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(fault.Outcome, Is.EqualTo(PolicyOutcome.Ok));
            Assert.That(state.State.Span.ToArray(), Is.EqualTo(expected).Within(1e-6f));
        }
    }

    [Test]
    public void Run_EmptyClosedGripper_IsMinusOneTwice()
    {
        using var state = new TaskSpaceState(OneJointArm.Kinematics);
        state.Run(Robot(0, gripperWidth: 0, isHolding: false));
        Assert.That(state.State.Span[9..].ToArray(), Is.EqualTo(new[] { -1f, -1f }));
    }

    [Test]
    public void Run_CommandedJointsDiffer_FollowsTheMeasured()
    {
        using var state = new TaskSpaceState(OneJointArm.Kinematics);
        state.Run(Robot(0, 0.08, false) with { CommandedJoints = new JointPositions([1.0]) });
        Assert.That(state.State.Span[0], Is.Zero.Within(1e-6f), "half a metre ahead is the middle of the table");
    }

    [Test]
    public void Run_GripperNotFinite_IsRefused()
    {
        using var state = new TaskSpaceState(OneJointArm.Kinematics);
        Assert.That(state.Run(Robot(0, double.NaN, false)).Outcome, Is.EqualTo(PolicyOutcome.RejectedState));
    }

    private static RobotState Robot(double angle, double gripperWidth, bool isHolding) =>
        new(new JointPositions([angle]), new JointVelocities([0.0]), new JointPositions([angle]), gripperWidth, isHolding);
}
