using DiVLA.Control.Client;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace DiVLA.Control.Service.Tests.Rpc;

/// <summary>What was recorded, asked over real gRPC: it has to agree with what the robot was sent.</summary>
[TestFixture]
internal sealed class ReasoningRecordTests
{
    private static readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("divla-recorded-");
    private static DivlaServer _server = null!;

    [OneTimeSetUp]
    public static async Task StartAsync() => _server = await DivlaServer.StartAsync(
        TestServer.Options with { Records = new RecordOptions { File = Path.Combine(_folder.FullName, "reasoning.db") } }, CancellationToken.None);

    [OneTimeTearDown]
    public static async Task StopAsync()
    {
        await _server.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Test]
    public async Task Why_OfATick_IsWhatTheRobotWasSentWithIt()
    {
        using var robot = await DriveAsync("asked", until: action => action.State == Wire.LadderState.Fresh && action.Tick > 20);
        var sent = robot.Actions.Last(action => action.State == Wire.LadderState.Fresh);
        var phrases = robot.Phrases.ToDictionary(phrase => phrase.PhraseId);
        var reasoning = new ReasoningClient(robot.Channel);
        var why = await reasoning.WhyAsync("asked", sent.Tick, CancellationToken.None);
        var held = await reasoning.WhyAsync("asked", robot.Actions[0].Tick, CancellationToken.None);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((why.Tick, why.RobotId, why.State, why.Reason), Is.EqualTo((sent.Tick, "asked", sent.State, sent.Reason)));
            Assert.That(why.JointPositionsRad, Is.EqualTo(sent.JointPositionsRad), "to the bit");
            Assert.That((why.GripperWidthM, why.Limited), Is.EqualTo((sent.GripperWidthM, sent.Limited)));
            Assert.That((why.Phrase.PhraseId, why.Phrase.Freshness, why.ObservationSequence), Is.EqualTo((sent.PhraseId, sent.PhraseFreshness, sent.ObservationSequence)));
            Assert.That(why.Phrase.Text, Is.EqualTo(phrases[sent.PhraseId].Text));
            Assert.That(why.JointNames, Has.Count.EqualTo(7));
            Assert.That(why.ObservedTime.ToDateTimeOffset(), Is.LessThan(why.Time.ToDateTimeOffset()));
            Assert.That((held.State, held.Reason, held.Phrase, held.ObservedTime), Is.EqualTo((Wire.LadderState.Hold, Wire.LadderReason.NoTrajectory, (Wire.Phrase?)null, (Timestamp?)null)));
        }
    }

    [Test]
    public async Task Ladder_OfASession_IsRunsOfTheStatesThatTheRobotWasSent()
    {
        using var robot = await DriveAsync("climbing", until: action => action.State == Wire.LadderState.Fresh && action.Tick > 20);
        await robot.StopAsync();
        await robot.SummaryAsync();
        var service = new Wire.Reasoning.ReasoningClient(robot.Channel);
        var ladder = await service.LadderAsync(new Wire.ReasoningLadderRequest { Session = "climbing" });
        var newest = await service.LadderAsync(new Wire.ReasoningLadderRequest { Session = "climbing", Ticks = 1 });
        var states = ladder.Runs.SelectMany(run => Enumerable.Range((int)run.FirstTick, (int)(run.LastTick - run.FirstTick + 1)).Select(tick => ((ulong)tick, run.State, run.Reason)));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(states, Is.EqualTo(robot.Actions.Select(action => (action.Tick, action.State, action.Reason))));
            Assert.That(ladder.Runs, Has.Count.GreaterThan(1));
            Assert.That(ladder.Runs.Zip(ladder.Runs.Skip(1)).Select(pair => (pair.First.State, pair.First.Reason) == (pair.Second.State, pair.Second.Reason) && pair.First.LastTick + 1 == pair.Second.FirstTick), Is.All.False);
            Assert.That((newest.Runs.Single().FirstTick, newest.Runs.Single().LastTick), Is.EqualTo((robot.Actions[^1].Tick, robot.Actions[^1].Tick)));
        }
    }

    [Test]
    public async Task Ladder_OfMoreThanIsAllowed_IsRefused()
    {
        using var channel = ServiceChannel.For(_server.GrpcAddress);
        var error = await Assert.ThrowsAsync<RpcException>(async () => await new Wire.Reasoning.ReasoningClient(channel).LadderAsync(new Wire.ReasoningLadderRequest { Ticks = 50_001 }));
        Assert.That(error!.StatusCode, Is.EqualTo(StatusCode.InvalidArgument));
    }

    [Test]
    public async Task Actions_OfAPhrase_AreThoseThatItSteered_AlsoWhenTheSessionIsOver()
    {
        using var robot = await DriveAsync("over", until: action => action.State == Wire.LadderState.Fresh && action.Tick > 20);
        await robot.StopAsync();
        await robot.SummaryAsync();
        var phrase = robot.Actions.First(action => action.PhraseId > 0).PhraseId;
        var reasoning = new ReasoningClient(robot.Channel);
        var actions = await AllActionsAsync(reasoning, new Wire.ReasoningActionsRequest { Session = "over", PhraseId = phrase, Limit = 3 });
        var history = await reasoning.HistoryAsync(new Wire.ReasoningHistoryRequest { Session = "over" }, CancellationToken.None);
        var record = history.Entries.Single(entry => entry.Phrase?.Phrase.PhraseId == phrase).Phrase;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(actions.Select(action => action.Tick), Is.EqualTo(robot.Actions.Where(action => action.PhraseId == phrase).Select(action => action.Tick)));
            Assert.That(record.Ticks, Is.EqualTo((ulong)actions.Count));
            Assert.That((record.FirstTick, record.LastTick), Is.EqualTo((actions[0].Tick, actions[^1].Tick)));
            Assert.That(record.VerifiedTicks, Is.EqualTo((ulong)actions.Count(action => action.Phrase.Freshness == Wire.PhraseFreshness.Verified)));
        }
    }

    [Test]
    public async Task History_IsAskedByTime_HoldsWhatWasSaidThen()
    {
        var before = Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow);
        using var robot = await DriveAsync("timed", until: action => action.PhraseId > 0);
        var reasoning = new ReasoningClient(robot.Channel);
        // An hour of leeway: the wall clock is the machine's, and may be set meanwhile.
        var hour = Duration.FromTimeSpan(TimeSpan.FromHours(1));
        var during = await reasoning.HistoryAsync(new Wire.ReasoningHistoryRequest { Session = "timed", From = before - hour, Until = before + hour }, CancellationToken.None);
        var earlier = await reasoning.HistoryAsync(new Wire.ReasoningHistoryRequest { Session = "timed", Until = before - hour }, CancellationToken.None);
        var later = await reasoning.HistoryAsync(new Wire.ReasoningHistoryRequest { Session = "timed", From = before + hour }, CancellationToken.None);
        Assert.That((during.Entries.Count > 0, earlier.Entries.Count, later.Entries.Count), Is.EqualTo((true, 0, 0)));
    }

    [Test]
    public async Task Pins_ThatAreRefused_AreOnRecordWithWhoAndWhy()
    {
        using var robot = await DriveAsync("pins", until: action => action.Tick > 2);
        var reasoning = new ReasoningClient(robot.Channel);
        var request = new Wire.ReasoningPinRequest { Session = "pins", Bin = "left", Who = "anna", Why = "the other is full" };
        await Assert.ThatAsync(() => reasoning.PinAsync(request, CancellationToken.None), Throws.TypeOf<PinRefusedException>());
        var history = await reasoning.HistoryAsync(new Wire.ReasoningHistoryRequest { Session = "pins" }, CancellationToken.None);
        var pin = history.Entries.Single(entry => entry.Pin is not null).Pin;
        using (Assert.EnterMultipleScope())
        {
            Assert.That((pin.Action, pin.Refusal, pin.Who, pin.Why), Is.EqualTo((Wire.PinAction.Refused, Wire.PinRefusal.NoSlots, "anna", "the other is full")));
            Assert.That(pin.Pin.Bin, Is.EqualTo("left"));
        }
    }

    [Test]
    public async Task Health_OfARecordingService_SaysSo()
    {
        using var channel = ServiceChannel.For(_server.GrpcAddress);
        var health = await new OperationsClient(channel).GetHealthAsync(CancellationToken.None);
        Assert.That((health.Records.State, health.Records.Fault, health.Records.Lost), Is.EqualTo((Wire.RecordsState.Recording, "", 0)));
    }

    private static IEnumerable<TestCaseData> Mistakes()
    {
        yield return Case("NoSession", client => client.WhyAsync("nobody", 1, CancellationToken.None), StatusCode.NotFound);
        yield return Case("NoSessionForActions", client => client.ActionsAsync(new Wire.ReasoningActionsRequest { Session = "nobody" }, CancellationToken.None), StatusCode.NotFound);
        yield return Case("NoSessionForHistory", client => client.HistoryAsync(new Wire.ReasoningHistoryRequest { Session = "nobody" }, CancellationToken.None), StatusCode.NotFound);
        yield return Case("TooMuch", client => client.HistoryAsync(new Wire.ReasoningHistoryRequest { Limit = 1001 }, CancellationToken.None), StatusCode.InvalidArgument);
        yield return Case("HugeNumber", client => client.ActionsAsync(new Wire.ReasoningActionsRequest { PhraseId = ulong.MaxValue }, CancellationToken.None), StatusCode.InvalidArgument);

        static TestCaseData Case(string name, Func<ReasoningClient, Task> ask, StatusCode status) => new TestCaseData(ask, status).SetName($"Records_AreAskedFor_{name}_IsRefused");
    }

    [TestCaseSource(nameof(Mistakes))]
    public async Task Records(Func<ReasoningClient, Task> ask, StatusCode status)
    {
        using var channel = ServiceChannel.For(_server.GrpcAddress);
        var error = await Assert.ThrowsAsync<RpcException>(() => ask(new ReasoningClient(channel)));
        Assert.That(error!.StatusCode, Is.EqualTo(status));
    }

    [Test]
    public async Task Why_OfATickThatNeverWas_IsNotFound()
    {
        using var robot = await DriveAsync("short", until: action => action.Tick > 2);
        var error = await Assert.ThrowsAsync<RpcException>(() => new ReasoningClient(robot.Channel).WhyAsync("short", 1_000_000, CancellationToken.None));
        Assert.That((error!.StatusCode, error.Status.Detail), Is.EqualTo((StatusCode.NotFound, "no record of tick 1000000: no command was sent at it, it is too old, or it was lost")));
    }

    [Test]
    public async Task Records_AreOff_QuestionsAreRefusedWithTheReason()
    {
        using var channel = ServiceChannel.For(TestServer.Shared.GrpcAddress);
        var error = await Assert.ThrowsAsync<RpcException>(() => new ReasoningClient(channel).WhyAsync("", 1, CancellationToken.None));
        Assert.That((error!.StatusCode, error.Status.Detail), Is.EqualTo((StatusCode.FailedPrecondition, "nothing is recorded: the service was started without a database for records")));
    }

    private static async Task<WireRobot> DriveAsync(string robotId, Func<Wire.Action, bool> until)
    {
        var (robot, _) = await WireRobot.OpenAsync(_server, robotId);
        Wire.Action action;
        do
        {
            await robot.ObserveAsync();
            action = await robot.NextActionAsync(_ => true);
        }
        while (!until(action));
        // With the next ones there, what was asked for is written down: the egress records a command after it was sent.
        await robot.NextActionAsync(later => later.Tick > action.Tick + 1);
        return robot;
    }

    private static async Task<List<Wire.SteeredAction>> AllActionsAsync(ReasoningClient reasoning, Wire.ReasoningActionsRequest request)
    {
        var actions = new List<Wire.SteeredAction>();
        do
        {
            var page = await reasoning.ActionsAsync(request, CancellationToken.None);
            actions.AddRange(page.Actions);
            request.FromTick = page.NextFromTick;
        }
        while (request.FromTick > 0);
        return actions;
    }
}
