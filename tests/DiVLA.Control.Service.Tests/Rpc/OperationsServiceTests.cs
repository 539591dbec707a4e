using DiVLA.Control.Client;
using Grpc.Core;

namespace DiVLA.Control.Service.Tests.Rpc;

[TestFixture]
internal sealed class OperationsServiceTests
{
    private static readonly Wire.Arms All = new() { All = true };

    private static Wire.Arms Robot(string id) => new() { RobotId = id };

    private static Wire.EmergencyStopRequest Stop(Wire.Arms? arms) => new() { Arms = arms, Reason = "test", Who = "anna" };

    private static Wire.ResetRequest Reset(Wire.Arms? arms, string who = "anna") => new() { Arms = arms, Who = who, Why = "test" };

    [Test]
    public async Task EmergencyStop_OfOneRobot_IsLatchedOverReconnectsUntilReset()
    {
        var (robot, accepted) = await WireRobot.OpenAsync(TestServer.Shared, "stops");
        using var disposing = robot;
        var operations = new OperationsClient(robot.Channel);
        var stopped = (await operations.EmergencyStopAsync(Stop(Robot("stops")), CancellationToken.None)).Arms.Single();
        var first = await robot.NextActionAsync(action => action.State == Wire.LadderState.Stopped);
        await robot.StopAsync();
        await robot.SummaryAsync();

        var (again, _) = await WireRobot.OpenAsync(TestServer.Shared, "stops");
        using var disposingAgain = again;
        var still = await again.NextActionAsync(_ => true);
        await operations.ResetAsync(Reset(Robot("stops")), CancellationToken.None);
        var free = await again.NextActionAsync(action => action.State == Wire.LadderState.Hold);
        await again.StopAsync();
        await again.SummaryAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That((stopped.SessionId, stopped.Tick), Is.EqualTo((accepted.SessionId, first.Tick)));
            Assert.That(stopped.AcknowledgedUs, Is.Positive);
            Assert.That(stopped.AlreadyStopped, Is.False);
            Assert.That(first.Reason, Is.EqualTo(Wire.LadderReason.EmergencyStop));
            Assert.That((still.State, still.Reason), Is.EqualTo((Wire.LadderState.Stopped, Wire.LadderReason.EmergencyStop)));
            Assert.That(free.Reason, Is.EqualTo(Wire.LadderReason.NoTrajectory));
        }
    }

    [Test]
    public async Task EmergencyStop_OfAll_ReachesEverySessionAndHoldsForNewcomers()
    {
        await using var server = await DivlaServer.StartAsync(TestServer.Options, CancellationToken.None);
        var (a, _) = await WireRobot.OpenAsync(server, "a");
        var (b, _) = await WireRobot.OpenAsync(server, "b");
        using var disposing = a;
        using var alsoDisposing = b;
        var operations = new OperationsClient(a.Channel);
        var stopped = await operations.EmergencyStopAsync(Stop(All), CancellationToken.None);
        var list = await operations.ListSessionsAsync(withStatistics: false, CancellationToken.None);
        var (c, _) = await WireRobot.OpenAsync(server, "c");
        using var newcomer = c;
        var first = await c.NextActionAsync(_ => true);
        var reset = await operations.ResetAsync(Reset(All), CancellationToken.None);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(stopped.Arms.Select(arm => arm.RobotId), Is.EquivalentTo(["a", "b"]));
            Assert.That(list.AllStopped, Is.True);
            Assert.That(list.Sessions.Select(session => session.State), Is.All.EqualTo(Wire.LadderState.Stopped));
            Assert.That(first.Reason, Is.EqualTo(Wire.LadderReason.EmergencyStop));
            Assert.That(reset.RobotIds, Is.EqualTo(["a", "b", "c"]));
        }
    }

    [Test]
    public async Task EmergencyStop_OfARobotThatIsNotThere_HoldsForWhenItComes()
    {
        using var channel = ServiceChannel.For(TestServer.Shared.GrpcAddress);
        var operations = new OperationsClient(channel);
        var stopped = (await operations.EmergencyStopAsync(Stop(Robot("absent")), CancellationToken.None)).Arms.Single();
        var list = await operations.ListSessionsAsync(withStatistics: false, CancellationToken.None);
        await operations.ResetAsync(Reset(Robot("absent")), CancellationToken.None);
        Assert.That((stopped.RobotId, stopped.SessionId, list.StoppedRobotIds.Contains("absent")), Is.EqualTo(("absent", "", true)));
    }

    [Test]
    public async Task EmergencyStop_IsAskedForTwice_TheSecondNamesTheTickOfTheFirst()
    {
        var (robot, _) = await WireRobot.OpenAsync(TestServer.Shared, "twice");
        using var disposing = robot;
        var operations = new OperationsClient(robot.Channel);
        var first = (await operations.EmergencyStopAsync(Stop(Robot("twice")), CancellationToken.None)).Arms.Single();
        await robot.NextActionAsync(action => action.Tick >= first.Tick + 5);
        var second = (await operations.EmergencyStopAsync(Stop(Robot("twice")), CancellationToken.None)).Arms.Single();
        await operations.ResetAsync(Reset(Robot("twice")), CancellationToken.None);
        await robot.NextActionAsync(action => action.State != Wire.LadderState.Stopped && action.Tick > first.Tick);
        var third = (await operations.EmergencyStopAsync(Stop(Robot("twice")), CancellationToken.None)).Arms.Single();
        await operations.ResetAsync(Reset(Robot("twice")), CancellationToken.None);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((second.Tick, second.AlreadyStopped, second.AcknowledgedUs), Is.EqualTo((first.Tick, true, 0.0)));
            Assert.That(third.Tick, Is.GreaterThan(first.Tick));
            Assert.That(third.AlreadyStopped, Is.False);
        }
    }

    // What the answer names is where the stop began: the command before was none, and no later one is any other.
    [Test]
    public async Task EmergencyStop_IsAnswered_WithTheFirstStoppedCommandThatWasSent()
    {
        var (robot, _) = await WireRobot.OpenAsync(TestServer.Shared, "first-stopped");
        using var disposing = robot;
        var operations = new OperationsClient(robot.Channel);
        await robot.NextActionAsync(action => action.Tick >= 10);
        var stopped = (await operations.EmergencyStopAsync(Stop(Robot("first-stopped")), CancellationToken.None)).Arms.Single();
        await robot.NextActionAsync(action => action.Tick >= stopped.Tick + 20);
        await operations.ResetAsync(Reset(Robot("first-stopped")), CancellationToken.None);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(robot.Actions.Where(action => action.Tick < stopped.Tick).Select(action => action.State), Has.None.EqualTo(Wire.LadderState.Stopped));
            Assert.That(robot.Actions.Where(action => action.Tick >= stopped.Tick).Select(action => action.State), Is.All.EqualTo(Wire.LadderState.Stopped));
        }
    }

    [Test]
    public async Task EmergencyStop_NamesNoArm_StopsAll()
    {
        await using var server = await DivlaServer.StartAsync(TestServer.Options, CancellationToken.None);
        using var channel = ServiceChannel.For(server.GrpcAddress);
        var operations = new OperationsClient(channel);
        await operations.EmergencyStopAsync(new Wire.EmergencyStopRequest(), CancellationToken.None);
        var health = await operations.GetHealthAsync(CancellationToken.None);
        Assert.That((health.AllStopped, health.LetsRobotsIn), Is.EqualTo((true, true)));
    }

    [Test]
    public async Task Reset_OfAllWithNothingStopped_SaysSo()
    {
        await using var server = await DivlaServer.StartAsync(TestServer.Options, CancellationToken.None);
        using var channel = ServiceChannel.For(server.GrpcAddress);
        var operations = new OperationsClient(channel);
        var error = await Assert.ThrowsAsync<RpcException>(() => operations.ResetAsync(Reset(All), CancellationToken.None));
        await operations.EmergencyStopAsync(Stop(All), CancellationToken.None);
        var reset = await operations.ResetAsync(Reset(All), CancellationToken.None);
        Assert.That((error!.StatusCode, error.Status.Detail, reset.RobotIds.Count), Is.EqualTo((StatusCode.FailedPrecondition, "no arm is stopped", 0)));
    }

    [TestCase("")]
    [TestCase("somebody with a name that is a good deal longer than names of people are wont to be")]
    public async Task Reset_ByNobody_IsRefusedAndTheArmStaysStopped(string who)
    {
        using var channel = ServiceChannel.For(TestServer.Shared.GrpcAddress);
        var operations = new OperationsClient(channel);
        await operations.EmergencyStopAsync(Stop(Robot("nobodys")), CancellationToken.None);
        var error = await Assert.ThrowsAsync<RpcException>(() => operations.ResetAsync(Reset(Robot("nobodys"), who), CancellationToken.None));
        var list = await operations.ListSessionsAsync(withStatistics: false, CancellationToken.None);
        await operations.ResetAsync(Reset(Robot("nobodys")), CancellationToken.None);
        Assert.That((error!.StatusCode, list.StoppedRobotIds.Contains("nobodys")), Is.EqualTo((StatusCode.InvalidArgument, true)));
    }

    [TestCase("robot", StatusCode.FailedPrecondition)]
    [TestCase("", StatusCode.InvalidArgument)]
    public async Task Reset_OfWhatIsNotStopped_IsRefused(string robot, StatusCode expected)
    {
        using var channel = ServiceChannel.For(TestServer.Shared.GrpcAddress);
        var operations = new OperationsClient(channel);
        var error = await Assert.ThrowsAsync<RpcException>(() => operations.ResetAsync(Reset(Robot(robot)), CancellationToken.None));
        Assert.That(error!.StatusCode, Is.EqualTo(expected));
    }

    // Said is done: whoever looks when the answer is there finds the arm released, and a second reset nothing to do.
    [Test]
    public async Task Reset_IsAnswered_TheArmHasHadACommandSince()
    {
        var (robot, accepted) = await WireRobot.OpenAsync(TestServer.Shared, "released");
        using var disposing = robot;
        var operations = new OperationsClient(robot.Channel);
        for (var round = 0; round < 10; round++)
        {
            await operations.EmergencyStopAsync(Stop(Robot("released")), CancellationToken.None);
            var reset = await operations.ResetAsync(Reset(Robot("released")), CancellationToken.None);
            var after = await operations.GetStatisticsAsync(accepted.SessionId, CancellationToken.None);
            var again = await Assert.ThrowsAsync<RpcException>(() => operations.ResetAsync(Reset(Robot("released")), CancellationToken.None));
            using (Assert.EnterMultipleScope())
            {
                Assert.That(reset.RobotIds, Is.EqualTo(["released"]));
                Assert.That((after.State, after.Reason), Is.EqualTo((Wire.LadderState.Hold, Wire.LadderReason.NoTrajectory)));
                Assert.That(again!.Status.Detail, Is.EqualTo("'released' is not stopped"));
            }
        }
    }

    // The lease has lapsed as before: the arm is stopped again at the very tick that takes the reset over.
    [Test]
    public async Task Reset_WhatStoppedTheArmLasts_IsNotSaidToBeDone()
    {
        await using var server = await DivlaServer.StartAsync(TestServer.Options, CancellationToken.None);
        var (silent, _) = await WireRobot.OpenAsync(server, "silent", open => open.LeaseMs = 100);
        var (other, _) = await WireRobot.OpenAsync(server, "other");
        using var disposing = silent;
        using var alsoDisposing = other;
        var operations = new OperationsClient(other.Channel);
        await silent.NextActionAsync(action => action.Reason == Wire.LadderReason.LeaseLapsed);
        var refused = await Assert.ThrowsAsync<RpcException>(() => operations.ResetAsync(Reset(Robot("silent")), CancellationToken.None));
        await operations.EmergencyStopAsync(Stop(Robot("other")), CancellationToken.None);
        var all = await operations.ResetAsync(Reset(All), CancellationToken.None);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((refused!.StatusCode, refused.Status.Detail), Is.EqualTo((StatusCode.FailedPrecondition, "'silent' is stopped again: LeaseLapsed")));
            Assert.That(all.RobotIds, Is.EqualTo(["other"]));
            Assert.That(all.Held.Select(arm => (arm.RobotId, arm.Reason)), Is.EqualTo([("silent", Wire.LadderReason.LeaseLapsed)]));
        }
    }

    // Whichever of the two is first: an arm that is said to be stopped is, and one that is not stopped is not latched.
    [Test]
    public async Task StopAndReset_ComeAtOnce_LatchAndArmAgree()
    {
        var (robot, accepted) = await WireRobot.OpenAsync(TestServer.Shared, "raced");
        using var disposing = robot;
        var operations = new OperationsClient(robot.Channel);
        for (var round = 0; round < 30; round++)
        {
            await operations.EmergencyStopAsync(Stop(Robot("raced")), CancellationToken.None);
            var reset = operations.ResetAsync(Reset(Robot("raced")), CancellationToken.None);
            var stop = operations.EmergencyStopAsync(Stop(Robot("raced")), CancellationToken.None);
            await stop;
            await ((Task)reset).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var latched = (await operations.ListSessionsAsync(withStatistics: false, CancellationToken.None)).StoppedRobotIds.Contains("raced");
            var state = (await operations.GetStatisticsAsync(accepted.SessionId, CancellationToken.None)).State;
            Assert.That(state == Wire.LadderState.Stopped, Is.EqualTo(latched), $"round {round}");
        }
        if ((await operations.GetHealthAsync(CancellationToken.None)).StoppedRobotIds.Contains("raced")) await operations.ResetAsync(Reset(Robot("raced")), CancellationToken.None);
    }

    [Test]
    public async Task Statistics_OfNoSession_AreNotFound()
    {
        using var channel = ServiceChannel.For(TestServer.Shared.GrpcAddress);
        var error = await Assert.ThrowsAsync<RpcException>(() => new OperationsClient(channel).GetStatisticsAsync("nobody", CancellationToken.None));
        Assert.That(error!.StatusCode, Is.EqualTo(StatusCode.NotFound));
    }
}
