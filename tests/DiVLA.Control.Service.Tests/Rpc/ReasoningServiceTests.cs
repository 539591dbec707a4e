using DiVLA.Control.Client;
using Grpc.Core;

namespace DiVLA.Control.Service.Tests.Rpc;

[TestFixture]
internal sealed class ReasoningServiceTests
{
    [Test]
    public async Task Watch_ShowsThePhrase_AndEndsWithTheSession()
    {
        var (robot, accepted) = await WireRobot.OpenAsync(TestServer.Shared, "reasons");
        using var disposing = robot;
        var reasoning = new ReasoningClient(robot.Channel);
        var watching = WatchAsync(reasoning, accepted.SessionId);
        Wire.ControlResponse response;
        do
        {
            await robot.ObserveAsync();
            response = await robot.NextAsync(response => response.Action is not null || response.Phrase is not null);
        }
        while (response.Phrase is null);
        var phrase = response.Phrase;
        do
        {
            await robot.ObserveAsync();
            response = await robot.NextAsync(response => response.Action is not null);
        }
        while (response.Action.PhraseId < phrase.PhraseId);
        // With the next one, the action before has been shown.
        await robot.NextActionAsync(_ => true);
        var now = await reasoning.GetAsync("reasons", CancellationToken.None);
        await robot.StopAsync();
        await robot.SummaryAsync();
        var watched = await watching;
        using (Assert.EnterMultipleScope())
        {
            Assert.That((now.SessionId, now.RobotId), Is.EqualTo((accepted.SessionId, "reasons")));
            Assert.That(now.Phrase.PhraseId, Is.GreaterThanOrEqualTo(phrase.PhraseId));
            Assert.That(now.Tick, Is.GreaterThanOrEqualTo(now.Phrase.SinceTick));
            Assert.That(now.State, Is.Not.EqualTo(Wire.LadderState.Unspecified));
            Assert.That(watched.Select(change => change.Phrase.PhraseId), Is.Ordered);
        }
    }

    [Test]
    public async Task Session_IsUnknown_IsNotFound()
    {
        using var channel = ServiceChannel.For(TestServer.Shared.GrpcAddress);
        var error = await Assert.ThrowsAsync<RpcException>(() => new ReasoningClient(channel).GetAsync("nobody", CancellationToken.None));
        Assert.That(error!.StatusCode, Is.EqualTo(StatusCode.NotFound));
    }

    private static async Task<List<Wire.ReasoningWatchResponse>> WatchAsync(ReasoningClient reasoning, string session)
    {
        var changes = new List<Wire.ReasoningWatchResponse>();
        await foreach (var change in reasoning.WatchAsync(session, CancellationToken.None)) changes.Add(change);
        return changes;
    }
}
