using DiVLA.Control.Robot;

namespace DiVLA.Control.RealTime.Tests.Loop;

[TestFixture]
internal sealed class DryLoopTests
{
    private const int Horizon = 4;
    private const int PeriodTicks = 4;

    private DryLoop _loop = null!;

    [SetUp]
    public void Begin() => _loop = new DryLoop(TestProfile.Create(), Horizon, TestProfile.RestPosition);

    [Test]
    public void RunTick_WithoutATrajectory_KeepsThePosition()
    {
        var command = _loop.RunTick();
        using (Assert.EnterMultipleScope())
        {
            Assert.That((command.TickIndex, command.State), Is.EqualTo((0L, LadderState.Hold)));
            Assert.That(command.Command.Joints.AsSpan().ToArray(), Is.EqualTo(TestProfile.Rest));
        }
    }

    // 0.001 rad over four ticks from rest is within every limit.
    [Test]
    public void RunTick_AlongASlowPlan_FollowsWithoutTheLimiter()
    {
        _loop.RunTick();
        Plan(TestProfile.Rest, step: 0.001);
        var reached = TestProfile.Rest[0];
        for (var tick = 1; tick <= PeriodTicks; tick++)
        {
            var command = _loop.RunTick();
            Assert.That(command.State, Is.Not.EqualTo(LadderState.Hold));
            Assert.That(command.Command.Joints[0], Is.GreaterThan(reached));
            reached = command.Command.Joints[0];
        }
        using (Assert.EnterMultipleScope())
        {
            Assert.That(reached, Is.EqualTo(TestProfile.Rest[0] + 0.001).Within(1e-12));
            Assert.That(_loop.Interventions.Total, Is.Zero);
        }
    }

    [Test]
    public void RunTick_AlongAPlanThatBreaksLimits_IsLimitedAndCounted()
    {
        _loop.RunTick();
        Plan(TestProfile.Rest, step: 0.5);
        var command = _loop.RunTick();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(command.Limited, Is.Not.EqualTo(LimiterRules.None));
            Assert.That(_loop.Interventions.Total, Is.EqualTo(7), "one for every joint");
        }
    }

    [Test]
    public void RunTick_AfterAFaultyPlan_Holds()
    {
        _loop.RunTick();
        Plan(TestProfile.Rest, step: 0.001, TrajectoryOutcome.KinematicsMismatch);
        var command = _loop.RunTick();
        Assert.That((command.State, command.Reason), Is.EqualTo((LadderState.Hold, LadderReason.KinematicsMismatch)));
    }

    private void Plan(double[] from, double step, TrajectoryOutcome outcome = TrajectoryOutcome.Good)
    {
        var trajectory = _loop.BeginTrajectory(new JointPositions(from), PeriodTicks);
        for (var sample = 0; sample < Horizon; sample++)
        {
            for (var joint = 0; joint < from.Length; joint++) trajectory.JointsAt(sample)[joint] = from[joint] + step * (sample + 1);
            trajectory.GripperWidths[sample] = TestProfile.RestPosition.GripperWidth;
        }
        _loop.Publish(outcome);
    }
}
