using DiVLA.Control.Client;
using DiVLA.Control.Service.Identity;
using Grpc.Core;

namespace DiVLA.Control.Service.Tests.Identity;

/// <summary>What becomes of streams whose credential expires while they are open.</summary>
[TestFixture]
internal sealed class CredentialExpiryTests
{
    private static readonly TimeSpan Later = TimeSpan.FromDays(3);
    private readonly TestCredentials _credentials = new();
    private readonly WallClock _clock = new();
    private DivlaServer _server = null!;

    [SetUp]
    public async Task StartAsync() =>
        _server = await DivlaServer.StartAsync(TestServer.Options with { Security = _credentials.Security(), Clock = _clock }, CancellationToken.None);

    [TearDown]
    public async Task StopAsync()
    {
        await _server.DisposeAsync();
        _credentials.Dispose();
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Robot_IsAtWork_IsBroughtToRestAndGetsItsSummary(bool hasToken)
    {
        var credentials = hasToken ? _credentials.Token(CallerRoles.Robot, "arm") : _credentials.Certificate(CallerRoles.Robot, "arm");
        var (robot, _) = await WireRobot.OpenAsync(_server, "arm", credentials: credentials);
        using var disposing = robot;
        await robot.NextActionAsync(action => action.Tick >= 10);
        _clock.PutForward(Later);
        var change = await robot.NextAsync(response => response.State is { Reason: Wire.LadderReason.Shutdown });
        var summary = await robot.SummaryAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(change.State.State, Is.EqualTo(Wire.LadderState.Hold));
            Assert.That((robot.Actions[^1].State, robot.Actions[^1].Reason), Is.EqualTo((Wire.LadderState.Hold, Wire.LadderReason.Shutdown)), "the last command holds");
            Assert.That(robot.Actions.Select(action => action.Tick), Is.Ordered.And.Unique);
            Assert.That(summary.End, Is.EqualTo(Wire.SessionEnd.CredentialExpired));
        }
    }

    [Test]
    public async Task Robot_ComesBackWithTheSameCredential_IsUnauthenticated()
    {
        var credentials = _credentials.Certificate(CallerRoles.Robot, "arm");
        _clock.PutForward(Later);
        using var robot = new WireRobot(_server, credentials);
        await SendAsync(robot);
        Assert.That(await robot.StatusAsync(), Is.EqualTo(StatusCode.Unauthenticated));
    }

    [Test]
    public async Task Viewer_Watches_StreamEndsUnauthenticated()
    {
        var (robot, _) = await WireRobot.OpenAsync(_server, "arm", credentials: _credentials.Certificate(CallerRoles.Robot, "arm", Long()));
        using var disposing = robot;
        using var channel = ServiceChannel.For(_server.GrpcAddress, _credentials.Token(CallerRoles.Viewer, "arm"));
        var watch = new ReasoningClient(channel).WatchAsync("arm", CancellationToken.None).GetAsyncEnumerator();
        await watch.MoveNextAsync();
        _clock.PutForward(Later);
        var error = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await watch.MoveNextAsync())
            {
                // Until the credential has expired.
            }
        });
        Assert.That((error!.StatusCode, error.Status.Detail), Is.EqualTo((StatusCode.Unauthenticated, "the credential has expired")));
        await robot.StopAsync();
        Assert.That((await robot.SummaryAsync()).End, Is.EqualTo(Wire.SessionEnd.StoppedByRobot), "the robot's own credential lasts");
    }

    private static Service.Identity.Development.Validity Long() =>
        Service.Identity.Development.Validity.For(TimeSpan.FromDays(30), TimeProvider.System.GetUtcNow());

    // The service may have answered before the message has left.
    private static async Task SendAsync(WireRobot robot)
    {
        try
        {
            await robot.SendAsync(new Wire.ControlRequest { Open = WireRobot.OpenMessage("arm") });
        }
        catch (RpcException)
        {
            // The status is read below.
        }
    }
}
