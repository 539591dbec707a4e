using DiVLA.Control.Robot;

namespace DiVLA.Control.RealTime.Tests;

internal sealed class SafetyLadderTests
{
    private const long Millisecond = 1_000_000;
    private static readonly MonotonicTime Now = new(100_000 * Millisecond);
    private readonly RealTimeOptions _options = new() { MaxConsecutiveFaults = 3 };

    [Test]
    public void Decide_TrajectoryOfTheNewestObservation_IsFresh() =>
        Assert.That(Decide(Trajectory(1), Inputs()), Is.EqualTo(new LadderDecision(LadderState.Fresh, LadderReason.None)));

    [Test]
    public void Decide_NewerObservationThanTrajectory_IsReused() =>
        Assert.That(Decide(Trajectory(1), Inputs(newestId: 11)), Is.EqualTo(new LadderDecision(LadderState.Reused, LadderReason.InferenceLate)));

    [Test]
    public void Decide_SameTrajectoryTwiceWithoutNewObservation_IsReused()
    {
        var ladder = new SafetyLadder(_options);
        var trajectory = Trajectory(1);
        ladder.Decide(Inputs(), trajectory);
        Assert.That(ladder.Decide(Inputs(), trajectory), Is.EqualTo(new LadderDecision(LadderState.Reused, LadderReason.NoNewObservation)));
    }

    [Test]
    public void Decide_NoTrajectory_Holds() =>
        Assert.That(Decide(null, Inputs()), Is.EqualTo(new LadderDecision(LadderState.Hold, LadderReason.NoTrajectory)));

    [TestCase(250, LadderState.Reused, LadderReason.InferenceLate)]
    [TestCase(251, LadderState.Hold, LadderReason.ObservationTooOld)]
    public void Decide_AgeOfTheNewestObservation_DecidesAtTheLimit(int ageMs, LadderState state, LadderReason reason) =>
        Assert.That(Decide(Trajectory(1), Inputs(newestId: 11, newestAgeMs: ageMs)), Is.EqualTo(new LadderDecision(state, reason)));

    [TestCase(400, LadderState.Reused, LadderReason.InferenceLate)]
    [TestCase(401, LadderState.Hold, LadderReason.TrajectoryTooOld)]
    public void Decide_AgeOfTheTrajectory_DecidesAtTheLimit(int ageMs, LadderState state, LadderReason reason) =>
        Assert.That(Decide(Trajectory(1, ageMs), Inputs(newestId: 11)), Is.EqualTo(new LadderDecision(state, reason)));

    [TestCase(320, LadderState.Reused)]
    [TestCase(321, LadderState.Hold)]
    public void Decide_TickBeyondTheLastSample_Holds(int ageMs, LadderState state)
    {
        var trajectory = Trajectory(1, ageMs);
        trajectory.FirstSampleOffsetNs = trajectory.SamplePeriodNs = 20 * Millisecond;
        Assert.That(Decide(trajectory, Inputs(newestId: 11)).State, Is.EqualTo(state));
    }

    [TestCase(TrajectoryOutcome.NonFinite, LadderReason.NotFinite)]
    [TestCase(TrajectoryOutcome.KinematicsMismatch, LadderReason.KinematicsMismatch)]
    [TestCase(TrajectoryOutcome.OutOfTrainedRange, LadderReason.OutOfTrainedRange)]
    [TestCase(TrajectoryOutcome.PolicyFault, LadderReason.PolicyFault)]
    public void Decide_FaultyTrajectory_HoldsAndGoesOnWithTheNextGoodOne(TrajectoryOutcome outcome, LadderReason reason)
    {
        var ladder = new SafetyLadder(_options);
        var faulty = Trajectory(1);
        faulty.Outcome = outcome;
        faulty.ConsecutiveFaults = 2;
        Assert.That(ladder.Decide(Inputs(), faulty), Is.EqualTo(new LadderDecision(LadderState.Hold, reason)));
        Assert.That(ladder.Decide(Inputs(), Trajectory(2)).State, Is.EqualTo(LadderState.Fresh));
    }

    [Test]
    public void Decide_TooManyFaultsInARow_StopsAndStaysStopped()
    {
        var ladder = new SafetyLadder(_options);
        var faulty = Trajectory(3);
        faulty.Outcome = TrajectoryOutcome.KinematicsMismatch;
        faulty.ConsecutiveFaults = 3;
        Assert.That(ladder.Decide(Inputs(), faulty), Is.EqualTo(new LadderDecision(LadderState.Stopped, LadderReason.RepeatedFaults)));
        Assert.That(ladder.Decide(Inputs(), Trajectory(4)), Is.EqualTo(new LadderDecision(LadderState.Stopped, LadderReason.RepeatedFaults)));
    }

    [TestCase(500, LadderState.Fresh)]
    [TestCase(501, LadderState.Stopped)]
    public void Decide_SilenceOfTheController_StopsBeyondTheLease(int silenceMs, LadderState state) =>
        Assert.That(Decide(Trajectory(1), Inputs(leaseAgeMs: silenceMs)).State, Is.EqualTo(state));

    [Test]
    public void Decide_LapsedLeaseRenewed_StaysStopped()
    {
        var ladder = new SafetyLadder(_options);
        ladder.Decide(Inputs(leaseAgeMs: 501), Trajectory(1));
        Assert.That(ladder.Decide(Inputs(), Trajectory(2)), Is.EqualTo(new LadderDecision(LadderState.Stopped, LadderReason.LeaseLapsed)));
    }

    [TestCase(StopReason.EmergencyStop, LadderState.Stopped, LadderReason.EmergencyStop)]
    [TestCase(StopReason.OperatorStop, LadderState.Stopped, LadderReason.OperatorStop)]
    [TestCase(StopReason.ControllerStop, LadderState.Hold, LadderReason.ControllerStop)]
    [TestCase(StopReason.Shutdown, LadderState.Hold, LadderReason.Shutdown)]
    public void Decide_StopAskedFor_SaysWhy(StopReason stop, LadderState state, LadderReason reason) =>
        Assert.That(Decide(Trajectory(1), Inputs(stop: stop)), Is.EqualTo(new LadderDecision(state, reason)));

    [Test]
    public void Decide_SessionIsEnding_FollowsNothingAnyMore()
    {
        var ladder = new SafetyLadder(_options);
        ladder.Decide(Inputs(stop: StopReason.ControllerStop), Trajectory(1));
        Assert.That(ladder.Decide(Inputs(newestId: 11), Trajectory(2)), Is.EqualTo(new LadderDecision(LadderState.Hold, LadderReason.ControllerStop)));
    }

    [Test]
    public void Decide_EmergencyStopWhileTheSessionIsEnding_IsStopped()
    {
        var ladder = new SafetyLadder(_options);
        ladder.Decide(Inputs(stop: StopReason.Shutdown), Trajectory(1));
        var decision = ladder.Decide(Inputs(stop: StopReason.EmergencyStop), Trajectory(1));
        Assert.That(decision, Is.EqualTo(new LadderDecision(LadderState.Stopped, LadderReason.EmergencyStop)));
    }

    [Test]
    public void Decide_EmergencyStopAfterAnotherStop_IsTheReasonReported()
    {
        var ladder = new SafetyLadder(_options);
        ladder.Decide(Inputs(leaseAgeMs: 501), Trajectory(1));
        ladder.Decide(Inputs(stop: StopReason.EmergencyStop), Trajectory(1));
        Assert.That(ladder.Decide(Inputs(), Trajectory(1)).Reason, Is.EqualTo(LadderReason.EmergencyStop));
    }

    [Test]
    public void Reset_AfterAStop_HoldsUntilATrajectoryThatWasPlannedAfterwards()
    {
        var ladder = new SafetyLadder(_options);
        ladder.Decide(Inputs(stop: StopReason.OperatorStop), Trajectory(5));
        ladder.Reset(5);
        Assert.That(ladder.Decide(Inputs(), Trajectory(5)), Is.EqualTo(new LadderDecision(LadderState.Hold, LadderReason.NoTrajectory)));
        Assert.That(ladder.Decide(Inputs(), Trajectory(6)).State, Is.EqualTo(LadderState.Fresh));
    }

    [Test]
    public void Reset_AfterRepeatedFaults_CountsFromZero()
    {
        var ladder = new SafetyLadder(_options);
        var states = new List<LadderState>();
        for (var number = 1; number <= 7; number++)
        {
            var faulty = Trajectory(number);
            (faulty.Outcome, faulty.ConsecutiveFaults) = (TrajectoryOutcome.PolicyFault, number);
            if (number == 5) ladder.Reset(4);
            states.Add(ladder.Decide(Inputs(), faulty).State);
        }
        Assert.That(states, Is.EqualTo(new[]
        {
            LadderState.Hold, LadderState.Hold, LadderState.Stopped, LadderState.Stopped, LadderState.Hold, LadderState.Hold, LadderState.Stopped,
        }));
    }

    private LadderDecision Decide(Trajectory? trajectory, LadderInputs inputs) => new SafetyLadder(_options).Decide(inputs, trajectory);

    private static LadderInputs Inputs(long newestId = 10, int newestAgeMs = 1, int leaseAgeMs = 1, StopReason? stop = null) => new(
        Now, new ObservationMark(true, newestId, Now + -newestAgeMs * Millisecond), Now + -leaseAgeMs * Millisecond, stop);

    private static Trajectory Trajectory(long number, int ageMs = 1) => new(16, 7)
    {
        Number = number,
        ObservationId = 10,
        ObservationTime = Now + -ageMs * Millisecond,
        FirstSampleOffsetNs = 50 * Millisecond,
        SamplePeriodNs = 50 * Millisecond,
    };
}
