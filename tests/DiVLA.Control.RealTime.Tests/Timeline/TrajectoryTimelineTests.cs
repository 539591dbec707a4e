using DiVLA.Control.Robot;

namespace DiVLA.Control.RealTime.Tests;

internal sealed class TrajectoryTimelineTests
{
    [Test]
    public void ReadFromLoop_NothingPublished_IsNull() => Assert.That(new TrajectoryTimeline(16, 7).ReadFromLoop(), Is.Null);

    [Test]
    public void ReadFromLoop_SeveralPublished_IsTheNewestAndStaysIt()
    {
        var timeline = new TrajectoryTimeline(16, 7);
        for (var id = 1; id <= 5; id++)
            Publish(timeline, id);
        Assert.That(timeline.ReadFromLoop()!.ObservationId, Is.EqualTo(5));
        Assert.That(timeline.ReadFromLoop()!.ObservationId, Is.EqualTo(5));
        Publish(timeline, 6);
        Assert.That(timeline.ReadFromLoop()!.ObservationId, Is.EqualTo(6));
    }

    [Test]
    public void PublishFromPolicy_WhatIsReadMeanwhile_IsNotTouched()
    {
        var timeline = new TrajectoryTimeline(16, 7);
        Publish(timeline, 1);
        var held = timeline.ReadFromLoop()!;
        for (var id = 2; id <= 10; id++)
            Publish(timeline, id);
        Assert.That(held.ObservationId, Is.EqualTo(1));
        Assert.That(held.JointsAt(15)[6], Is.EqualTo(1));
    }

    [Test]
    public void PublishFromPolicy_GoodClaimedButNotWellFormed_IsDowngraded([Range(0, 5)] int fault)
    {
        var timeline = new TrajectoryTimeline(16, 7);
        var trajectory = Fill(timeline, 1);
        if (fault == 0) trajectory.JointsAt(15)[6] = double.NaN;
        if (fault == 1) trajectory.GripperWidths[3] = double.PositiveInfinity;
        if (fault == 2) trajectory.Anchor = new JointPositions([0, 0, 0, double.NaN, 0, 0, 0]);
        if (fault == 3) trajectory.Anchor = new JointPositions([0, 0, 0]);
        if (fault == 4) trajectory.SamplePeriodNs = 0;
        if (fault == 5) trajectory.FirstSampleOffsetNs = -1;
        Assert.That(timeline.PublishFromPolicy(), Is.EqualTo(TrajectoryOutcome.NonFinite));
        Assert.That(timeline.ReadFromLoop()!.Outcome, Is.EqualTo(TrajectoryOutcome.NonFinite));
    }

    [Test]
    public void ConsecutiveFaults_TrajectoriesTheLoopNeverSaw_AreCounted()
    {
        var timeline = new TrajectoryTimeline(16, 7);
        for (var id = 1; id <= 7; id++)
        {
            Fill(timeline, id).Outcome = id == 2 ? TrajectoryOutcome.Good : TrajectoryOutcome.KinematicsMismatch;
            timeline.PublishFromPolicy();
        }
        Assert.That(timeline.ReadFromLoop()!.ConsecutiveFaults, Is.EqualTo(5));
        Publish(timeline, 8);
        Assert.That(timeline.ReadFromLoop()!.ConsecutiveFaults, Is.Zero);
    }

    [Test]
    public void ReadFromLoop_WhileThePolicyPublishes_IsNeverTornAndNeverGoesBack()
    {
        const int Published = 200_000;
        var timeline = new TrajectoryTimeline(16, 7);
        var policy = new Thread(() =>
        {
            for (var id = 1; id <= Published; id++)
                Publish(timeline, id);
        });
        policy.Start();
        var (last, seen, torn, back) = (0L, 0, 0, 0);
        while (last < Published)
        {
            if (timeline.ReadFromLoop() is not { } trajectory) continue;
            var id = trajectory.ObservationId;
            if (id != last) seen++;
            if (id < last) back++;
            if (!IsWhole(trajectory, id)) torn++;
            last = id;
        }
        policy.Join();
        Assert.That((torn, back), Is.EqualTo((0, 0)));
        Assert.That(seen, Is.GreaterThan(1));
    }

    private static void Publish(TrajectoryTimeline timeline, long id)
    {
        Fill(timeline, id);
        timeline.PublishFromPolicy();
    }

    private static Trajectory Fill(TrajectoryTimeline timeline, long id)
    {
        var trajectory = timeline.BeginFromPolicy();
        trajectory.ObservationId = id;
        trajectory.ObservationTime = new MonotonicTime(id);
        trajectory.FirstSampleOffsetNs = trajectory.SamplePeriodNs = id;
        trajectory.Anchor = new JointPositions([id, id, id, id, id, id, id]);
        trajectory.Outcome = TrajectoryOutcome.Good;
        trajectory.GripperWidths.Fill(id);
        for (var sample = 0; sample < trajectory.Horizon; sample++)
            trajectory.JointsAt(sample).Fill(id);
        return trajectory;
    }

    private static bool IsWhole(Trajectory trajectory, long id)
    {
        var isWhole = trajectory.ObservationTime.Nanoseconds == id && trajectory.SamplePeriodNs == id && trajectory.Number == id && trajectory.Anchor[6] == id;
        for (var sample = 0; sample < trajectory.Horizon; sample++)
            isWhole &= trajectory.GripperWidths[sample] == id && trajectory.JointsAt(sample).IndexOfAnyExcept(id) < 0;
        return isWhole;
    }
}
