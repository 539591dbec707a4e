using DiVLA.Control.Client;
using DiVLA.Control.Policy;
using DiVLA.Control.TestSupport;
using Grpc.Core;

namespace DiVLA.Control.Service.Tests.Rpc;

/// <summary>Pinning and releasing over real gRPC: what is pinned is said, everybody sees it, and what must not be pinned is refused with a reason.</summary>
[TestFixture]
internal sealed class ReasoningPinTests
{
    private const string Whole = "target red cube at front left, put it in the left bin, now reaching";

    private static readonly DirectoryInfo _bundle = Directory.CreateTempSubdirectory("divla-steerable-");
    private static DivlaServer _seesAll = null!;
    private static DivlaServer _seesNothing = null!;

    [OneTimeSetUp]
    public static async Task StartAsync()
    {
        TestBundles.BuildRandom(_bundle.FullName, seed: 8, TestConfigs.Steerable);
        _seesAll = await StartAsync(threshold: 1e-9);
        _seesNothing = await StartAsync(threshold: 1 - 1e-9);
    }

    [OneTimeTearDown]
    public static async Task StopAsync()
    {
        await _seesAll.DisposeAsync();
        await _seesNothing.DisposeAsync();
        _bundle.Delete(recursive: true);
    }

    [Test]
    public async Task Pin_Object_IsSaidAndSeenByEverybodyUntilItIsReleased()
    {
        using var robot = await SpeakingRobotAsync(_seesAll, "pinned");
        var reasoning = new ReasoningClient(robot.Channel);
        var watching = WatchAsync(reasoning, "pinned");
        var answer = await reasoning.PinAsync(Request("pinned", item: "Red cube"), CancellationToken.None);
        var pinned = await PhraseAsync(robot, phrase => phrase.Pin is not null);
        // A phrase that was said while the arm held still may be followed by another before one steers.
        await ObserveUntilAsync(robot, response => response.Action?.PhraseId >= pinned.PhraseId);
        var now = await reasoning.GetAsync("pinned", CancellationToken.None);
        var sessions = await new OperationsClient(robot.Channel).ListSessionsAsync(withStatistics: false, CancellationToken.None);
        var released = await reasoning.ReleaseAsync(new Wire.ReasoningReleaseRequest { Session = "pinned", Who = "ben" }, CancellationToken.None);
        var own = await PhraseAsync(robot, phrase => phrase.Pin is null);
        var afterwards = await reasoning.GetAsync("pinned", CancellationToken.None);
        await robot.StopAsync();
        await robot.SummaryAsync();
        var watched = await watching;
        using (Assert.EnterMultipleScope())
        {
            Assert.That((answer.RobotId, answer.Pin.Object, answer.Pin.Bin, answer.Pin.Who, answer.Pin.Why), Is.EqualTo(("pinned", "red cube", "", "anna", "a test")));
            Assert.That(answer.Pin.PinnedObject, Is.EqualTo(Wire.PinnedObject.Seen));
            Assert.That(answer.Pin.SinceNs, Is.Positive);
            Assert.That(pinned.Text, Does.StartWith("target red cube"));
            Assert.That(pinned.Pin, Is.EqualTo(answer.Pin));
            Assert.That(now.Pin, Is.EqualTo(answer.Pin));
            Assert.That(sessions.Sessions.Single(session => session.RobotId == "pinned").Phrase.Pin, Is.EqualTo(answer.Pin));
            Assert.That(watched.Where(change => change.Phrase.Pin is not null).Select(change => change.Phrase.Text), Is.Not.Empty.And.All.StartsWith("target red cube"));
            Assert.That(released.Released, Is.EqualTo(answer.Pin));
            Assert.That(own.PhraseId, Is.GreaterThan(pinned.PhraseId));
            Assert.That(afterwards.Pin, Is.Null);
        }
    }

    [Test]
    public async Task Pin_Verbatim_SteersActionsAsPinned()
    {
        using var robot = await SpeakingRobotAsync(_seesAll, "verbatim");
        var reasoning = new ReasoningClient(robot.Channel);
        await reasoning.PinAsync(Request("verbatim", phrase: Whole, verbatim: true), CancellationToken.None);
        var pinned = await PhraseAsync(robot, phrase => phrase.Pin is not null);
        var action = await ObserveUntilAsync(robot, response => response.Action is { } action && action.PhraseId >= pinned.PhraseId);
        Assert.That((pinned.Text, pinned.Pin.Object, pinned.Pin.Bin, action.Action.PhraseFreshness), Is.EqualTo((Whole, "red cube", "left", Wire.PhraseFreshness.Pinned)));
    }

    private static IEnumerable<TestCaseData> Refusals()
    {
        yield return Case("Nothing", Request(""), Wire.PinRefusal.Malformed, StatusCode.InvalidArgument);
        yield return Case("Nobody", Request("", bin: "left", who: ""), Wire.PinRefusal.Malformed, StatusCode.InvalidArgument);
        yield return Case("LongText", Request("", phrase: new string('a', 513)), Wire.PinRefusal.Malformed, StatusCode.InvalidArgument);
        yield return Case("UnknownWord", Request("", item: "red torch"), Wire.PinRefusal.UnknownWords, StatusCode.InvalidArgument);
        yield return Case("OneWord", Request("", item: "red"), Wire.PinRefusal.WrongLength, StatusCode.InvalidArgument);
        yield return Case("NoBin", Request("", bin: "red"), Wire.PinRefusal.UnknownValue, StatusCode.InvalidArgument);
        yield return Case("LongPhrase", Request("", phrase: $"{Whole} {Whole}"), Wire.PinRefusal.PhraseTooLong, StatusCode.InvalidArgument);
        yield return Case("PhraseWithoutSlots", Request("", phrase: "task done"), Wire.PinRefusal.NoSuchSlot, StatusCode.FailedPrecondition);
        yield return Case("ObjectThatIsNotThere", Request("", item: "red cube"), Wire.PinRefusal.NotInScene, StatusCode.FailedPrecondition);

        static TestCaseData Case(string name, Wire.ReasoningPinRequest request, Wire.PinRefusal refusal, StatusCode status) =>
            new TestCaseData(request, refusal, status).SetName($"Pin_{name}_IsRefused");
    }

    [TestCaseSource(nameof(Refusals))]
    public async Task Pin(Wire.ReasoningPinRequest request, Wire.PinRefusal refusal, StatusCode status)
    {
        var name = $"refused-{refusal}-{request.Phrase.Length}-{request.Bin.Length}";
        using var robot = await SpeakingRobotAsync(_seesNothing, name);
        request.Session = name;
        var refused = await RefusedAsync(robot, request);
        var now = await new ReasoningClient(robot.Channel).GetAsync(name, CancellationToken.None);
        await robot.StopAsync();
        await robot.SummaryAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(refused.Refusal, Is.EqualTo(refusal));
            Assert.That((refused.InnerException as RpcException)?.StatusCode, Is.EqualTo(status));
            Assert.That(refused.Message, Does.StartWith($"{refusal}: ").And.Length.GreaterThan($"{refusal}: ".Length + 10), "a sentence");
            Assert.That(now.Pin, Is.Null);
        }
    }

    [Test]
    public async Task Pin_AnotherObjectWhileOneIsHeld_IsRefused()
    {
        using var robot = await SpeakingRobotAsync(_seesAll, "holding");
        var action = await ObserveUntilAsync(robot, response => response.Action is not null, observation => observation.State.IsHolding = true);
        await ObserveUntilAsync(
            robot,
            response => response.Action is { } later && later.ObservationSequence > action.Action.ObservationSequence + 3,
            observation => observation.State.IsHolding = true);
        var refused = await RefusedAsync(robot, Request("holding", item: "blue cube"));
        var bin = await new ReasoningClient(robot.Channel).PinAsync(Request("holding", bin: "right"), CancellationToken.None);
        Assert.That((refused.Refusal, bin.Pin.Bin, bin.Pin.PinnedObject), Is.EqualTo((Wire.PinRefusal.HandIsFull, "right", Wire.PinnedObject.None)));
    }

    [Test]
    public async Task Pin_PolicyWithoutSlots_IsRefused()
    {
        using var robot = await SpeakingRobotAsync(TestServer.Shared, "slotless");
        Assert.That((await RefusedAsync(robot, Request("slotless", bin: "left"))).Refusal, Is.EqualTo(Wire.PinRefusal.NoSlots));
    }

    [Test]
    public async Task Release_NothingPinned_IsAFailedPrecondition()
    {
        using var robot = await SpeakingRobotAsync(_seesAll, "free");
        var reasoning = new ReasoningClient(robot.Channel);
        var request = new Wire.ReasoningReleaseRequest { Session = "free", Who = "anna" };
        var error = await Assert.ThrowsAsync<RpcException>(() => reasoning.ReleaseAsync(request, CancellationToken.None));
        Assert.That(error!.StatusCode, Is.EqualTo(StatusCode.FailedPrecondition));
    }

    [Test]
    public async Task Pin_SessionIsUnknown_IsNotFound()
    {
        using var channel = ServiceChannel.For(_seesAll.GrpcAddress);
        var error = await Assert.ThrowsAsync<RpcException>(() => new ReasoningClient(channel).PinAsync(Request("nobody", bin: "left"), CancellationToken.None));
        Assert.That(error!.StatusCode, Is.EqualTo(StatusCode.NotFound));
    }

    private static Task<DivlaServer> StartAsync(double threshold) => DivlaServer.StartAsync(
        TestServer.Options with { BundleDirectory = _bundle.FullName, Policy = TestServer.Options.Policy with { Scene = new SceneOptions { Threshold = threshold } } },
        CancellationToken.None);

    private static Wire.ReasoningPinRequest Request(
        string session, string phrase = "", bool verbatim = false, string item = "", string bin = "", string who = "anna") =>
        new() { Session = session, Phrase = phrase, Verbatim = verbatim, Object = item, Bin = bin, Who = who, Why = "a test" };

    // A robot whose policy has said something, so that it has also looked around.
    private static async Task<WireRobot> SpeakingRobotAsync(DivlaServer server, string robotId)
    {
        var (robot, _) = await WireRobot.OpenAsync(server, robotId);
        await PhraseAsync(robot, _ => true);
        return robot;
    }

    private static async Task<Wire.Phrase> PhraseAsync(WireRobot robot, Func<Wire.Phrase, bool> isWanted) =>
        (await ObserveUntilAsync(robot, response => response.Phrase is { } phrase && isWanted(phrase))).Phrase;

    private static async Task<Wire.ControlResponse> ObserveUntilAsync(
        WireRobot robot, Func<Wire.ControlResponse, bool> isWanted, Action<Wire.Observation>? change = null)
    {
        while (true)
        {
            await robot.ObserveAsync(change);
            var response = await robot.NextAsync(response => response.Action is not null || isWanted(response));
            if (isWanted(response)) return response;
        }
    }

    private static async Task<PinRefusedException> RefusedAsync(WireRobot robot, Wire.ReasoningPinRequest request) =>
        (await Assert.ThrowsAsync<PinRefusedException>(() => new ReasoningClient(robot.Channel).PinAsync(request, CancellationToken.None)))!;

    private static async Task<List<Wire.ReasoningWatchResponse>> WatchAsync(ReasoningClient reasoning, string session)
    {
        var changes = new List<Wire.ReasoningWatchResponse>();
        await foreach (var change in reasoning.WatchAsync(session, CancellationToken.None)) changes.Add(change);
        return changes;
    }
}
