using DiVLA.Control.Client;
using Grpc.Core;

namespace DiVLA.Control.Service.Tests.Rpc;

[TestFixture]
internal sealed class OperationsServiceTests
{
    private static Wire.Arms Robot(string id) => new() { RobotId = id };

    [Test]
    public async Task EmergencyStop_OfOneRobot_IsLatchedOverReconnectsUntilReset()
    {
        var (robot, accepted) = await WireRobot.OpenAsync(TestServer.Shared, "stops");
        using var disposing = robot;
        var operations = new OperationsClient(robot.Channel);
        var stopped = (await operations.EmergencyStopAsync(Robot("stops"), "test", CancellationToken.None)).Arms.Single();
        var first = await robot.NextActionAsync(action => action.State == Wire.LadderState.Stopped);
        await robot.StopAsync();
        await robot.SummaryAsync();

        var (again, _) = await WireRobot.OpenAsync(TestServer.Shared, "stops");
        using var disposingAgain = again;
        var still = await again.NextActionAsync(_ => true);
        await operations.ResetAsync(Robot("stops"), CancellationToken.None);
        var free = await again.NextActionAsync(action => action.State == Wire.LadderState.Hold);
        await again.StopAsync();
        await again.SummaryAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That((stopped.SessionId, stopped.Tick), Is.EqualTo((accepted.SessionId, first.Tick)));
            Assert.That(stopped.AcknowledgedUs, Is.Positive);
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
        var stopped = await operations.EmergencyStopAsync(new Wire.Arms { All = true }, "test", CancellationToken.None);
        var list = await operations.ListSessionsAsync(withStatistics: false, CancellationToken.None);
        var (c, _) = await WireRobot.OpenAsync(server, "c");
        using var newcomer = c;
        var first = await c.NextActionAsync(_ => true);
        var reset = await operations.ResetAsync(new Wire.Arms { All = true }, CancellationToken.None);
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
        var stopped = (await operations.EmergencyStopAsync(Robot("absent"), "test", CancellationToken.None)).Arms.Single();
        var list = await operations.ListSessionsAsync(withStatistics: false, CancellationToken.None);
        await operations.ResetAsync(Robot("absent"), CancellationToken.None);
        Assert.That((stopped.RobotId, stopped.SessionId, list.StoppedRobotIds.Contains("absent")), Is.EqualTo(("absent", "", true)));
    }

    [TestCase("robot", StatusCode.FailedPrecondition)]
    [TestCase("", StatusCode.InvalidArgument)]
    public async Task Reset_OfWhatIsNotStopped_IsRefused(string robot, StatusCode expected)
    {
        using var channel = ServiceChannel.For(TestServer.Shared.GrpcAddress);
        var operations = new OperationsClient(channel);
        var error = await Assert.ThrowsAsync<RpcException>(() => operations.ResetAsync(Robot(robot), CancellationToken.None));
        Assert.That(error!.StatusCode, Is.EqualTo(expected));
    }

    [Test]
    public async Task Statistics_OfNoSession_AreNotFound()
    {
        using var channel = ServiceChannel.For(TestServer.Shared.GrpcAddress);
        var error = await Assert.ThrowsAsync<RpcException>(() => new OperationsClient(channel).GetStatisticsAsync("nobody", CancellationToken.None));
        Assert.That(error!.StatusCode, Is.EqualTo(StatusCode.NotFound));
    }
}
