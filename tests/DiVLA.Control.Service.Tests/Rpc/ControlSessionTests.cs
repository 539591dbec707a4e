using DiVLA.Control.RealTime;
using DiVLA.Control.Robot;
using Google.Protobuf;
using Grpc.Core;
using SkiaSharp;

namespace DiVLA.Control.Service.Tests.Rpc;

[TestFixture]
internal sealed class ControlSessionTests
{
    private static readonly byte[] NoPicture = [0xff, 0xd8, 0xff, 1, 2, 3];

    [Test]
    public async Task Actions_ComeOneATick_OnTheTimelineThatWasAccepted()
    {
        var (robot, accepted) = await WireRobot.OpenAsync(TestServer.Shared, "timeline");
        using var disposing = robot;
        await robot.NextActionAsync(action => action.Tick >= 20);
        var schedule = new DeadlineSchedule(new MonotonicTime(accepted.T0Ns), accepted.ControlRateHz);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(accepted.ControlRateHz, Is.EqualTo(82));
            Assert.That(robot.Actions.Select(action => action.DueNs), Is.EqualTo(robot.Actions.Select(action => schedule.DueAt((long)action.Tick).Nanoseconds)));
            Assert.That(robot.Actions.Select(action => action.Tick), Is.Ordered.And.Unique);
            Assert.That(robot.Actions[0].JointPositionsRad, Is.EqualTo(Sample.State().CommandedJointsRad));
            Assert.That((robot.Actions[0].State, robot.Actions[0].Reason), Is.EqualTo((Wire.LadderState.Hold, Wire.LadderReason.NoTrajectory)));
        }
        await robot.StopAsync();
        await robot.SummaryAsync();
    }

    [Test]
    public async Task Robot_Observes_PolicyPlansAndReasons()
    {
        var (robot, _) = await WireRobot.OpenAsync(TestServer.Shared, "observes");
        using var disposing = robot;
        var phrase = await ObserveUntilAsync(robot, response => response.Phrase is not null);
        await robot.StopAsync();
        var summary = await robot.SummaryAsync();
        using (Assert.EnterMultipleScope())
        {
            // On a busy machine the first one may be overtaken before it is told.
            Assert.That(phrase.Phrase.PhraseId, Is.Positive);
            Assert.That(phrase.Phrase.Text, Is.Not.Empty);
            Assert.That(phrase.Phrase.Instruction, Is.EqualTo("put the red cube in the left bin"));
            Assert.That(summary.Statistics.Phrases, Is.GreaterThan(0));
            Assert.That(summary.Statistics.ObservationsRefused, Is.Zero);
        }
    }

    [Test]
    public async Task Trajectory_IsFollowed_ActionNamesItsFrameItsPhraseAndEveryStage()
    {
        var (robot, _) = await WireRobot.OpenAsync(TestServer.Shared, "followed", open => open.ReportStageTimes = true);
        using var disposing = robot;
        var response = await ObserveUntilAsync(
            robot, response => response.Action is { State: Wire.LadderState.Fresh, PhraseFreshness: Wire.PhraseFreshness.Verified });
        var action = response.Action;
        await robot.StopAsync();
        var statistics = (await robot.SummaryAsync()).Statistics;
        var stages = action.StageTimes;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(action.ObservationSequence, Is.Positive);
            Assert.That(action.PhraseId, Is.Positive);
            Assert.That(new[] { stages.DecodeNs, stages.EmbodimentInNs, stages.BackboneNs, stages.ReasoningNs, stages.DiffusionNs, stages.EmbodimentOutNs },
                Is.All.Positive);
            Assert.That(stages.CaptureToReceiveNs, Is.EqualTo(500), "the robot says that it sent 500 ns after the exposure, and the clocks were never compared");
            Assert.That(stages.TickToTransportNs, Is.EqualTo(action.SentNs - action.DueNs));
            Assert.That(statistics.Stages.Select(stage => stage.Stage), Is.Unique);
            Assert.That(statistics.Stages.Where(stage => stage.Latency.Count == 0), Is.Empty, "every stage was measured");
            Assert.That(statistics.ReasoningHz, Is.Positive);
        }
    }

    [Test]
    public async Task Session_Ends_SummaryAccountsForEveryTick()
    {
        var (robot, accepted) = await WireRobot.OpenAsync(TestServer.Shared, "accounts");
        using var disposing = robot;
        for (var observation = 0; observation < 20; observation++)
        {
            await robot.ObserveAsync();
            await robot.NextActionAsync(_ => true);
        }
        await robot.StopAsync();
        var summary = await robot.SummaryAsync();
        var statistics = summary.Statistics;
        using (Assert.EnterMultipleScope())
        {
            Assert.That((summary.SessionId, summary.End), Is.EqualTo((accepted.SessionId, Wire.SessionEnd.StoppedByRobot)));
            Assert.That(statistics.TicksDue, Is.EqualTo(statistics.CommandsSent + statistics.Missed));
            Assert.That(statistics.Fresh + statistics.Reused + statistics.Hold + statistics.Stopped, Is.EqualTo(statistics.CommandsSent));
            Assert.That(statistics.CommandsSent, Is.EqualTo((ulong)robot.Actions.Count), "what was sent has arrived");
            Assert.That(statistics.TicksDue, Is.GreaterThan(robot.Actions[^1].Tick));
            Assert.That(statistics.Lateness.Count, Is.EqualTo(statistics.CommandsSent));
            Assert.That(statistics.ObservationsReceived, Is.EqualTo(20));
            Assert.That((robot.Actions[^1].State, robot.Actions[^1].Reason), Is.EqualTo((Wire.LadderState.Hold, Wire.LadderReason.ControllerStop)));
            Assert.That(statistics.Stopped, Is.Zero, "a good end is no stop");
            Assert.That(robot.Actions[^1].JointPositionsRad.ToArray(), Is.EqualTo(robot.Actions[^2].JointPositionsRad.ToArray()).Within(1e-9), "the arm stands");
        }
    }

    [Test]
    public async Task Statistics_WhileTheArmMoves_AccountForEveryTick()
    {
        var (robot, accepted) = await WireRobot.OpenAsync(TestServer.Shared, "audited");
        using var disposing = robot;
        var operations = new Client.OperationsClient(robot.Channel);
        for (var read = 0; read < 100; read++)
        {
            await robot.NextActionAsync(_ => true);
            var statistics = (await operations.GetStatisticsAsync(accepted.SessionId, CancellationToken.None)).Statistics;
            Assert.That(statistics.TicksDue, Is.EqualTo(statistics.CommandsSent + statistics.Missed));
        }
        await robot.StopAsync();
        await robot.SummaryAsync();
    }

    private static IEnumerable<TestCaseData> SpoiltObservations()
    {
        yield return new(Wire.ObservationRefusal.WrongFrameSize, (Action<Wire.Observation>)(o => o.Frames[0].Data = ByteString.CopyFrom(1, 2, 3)));
        yield return new(Wire.ObservationRefusal.UnknownCamera, (Action<Wire.Observation>)(o => o.Frames[0].Camera = "rear"));
        yield return new(Wire.ObservationRefusal.Stale, (Action<Wire.Observation>)(o => (o.CapturedNs, o.SentNs) = (1, 20_000_000_000)));
        yield return new(Wire.ObservationRefusal.SequenceNotRising, (Action<Wire.Observation>)(o => o.Sequence = 0));
    }

    [TestCaseSource(nameof(SpoiltObservations))]
    public async Task Observation_IsSpoilt_RobotIsToldAndTheSessionGoesOn(Wire.ObservationRefusal expected, Action<Wire.Observation> spoil)
    {
        var (robot, _) = await WireRobot.OpenAsync(TestServer.Shared, "spoils");
        using var disposing = robot;
        await robot.ObserveAsync(spoil);
        var refused = (await robot.NextAsync(response => response.ObservationRefused is not null)).ObservationRefused;
        await robot.StopAsync();
        var summary = await robot.SummaryAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(refused.Refusal, Is.EqualTo(expected));
            Assert.That(refused.Detail, Is.Not.Empty);
            Assert.That(summary.Statistics.ObservationsRefused, Is.EqualTo(1));
        }
    }

    private static IEnumerable<TestCaseData> BadPictures()
    {
        yield return new(NoPicture, Wire.ObservationRefusal.UndecodableFrame, $"{NoPicture.Length} bytes");
        yield return new(Jpeg(width: 48), Wire.ObservationRefusal.WrongFrameSize, "found 48x64 pixels, expected 64x64");
    }

    [TestCaseSource(nameof(BadPictures))]
    public async Task Frame_IsNoPictureOfTheCamera_RobotIsToldAndTheArmHoldsUntilItSeesAgain(byte[] bad, Wire.ObservationRefusal expected, string detail)
    {
        var (robot, accepted) = await WireRobot.OpenAsync(TestServer.Shared, "blinded", open => open.Cameras[0].Encoding = Wire.ImageEncoding.Jpeg);
        using var disposing = robot;
        var operations = new Client.OperationsClient(robot.Channel);
        await ObserveUntilAsync(robot, IsFresh, Front(Jpeg(width: 64)));

        var (faults, told) = (0UL, (Wire.ObservationRefused?)null);
        Wire.Action action;
        do
        {
            await robot.ObserveAsync(Front(bad));
            faults++;
            await FaultsAsync(operations, accepted.SessionId, faults);
            action = (await robot.NextAsync(response =>
            {
                told ??= response.ObservationRefused;
                return response.Action is not null;
            })).Action;
        }
        while (action.State != Wire.LadderState.Hold);

        await ObserveUntilAsync(robot, IsFresh, Front(Jpeg(width: 64)));
        await robot.StopAsync();
        var summary = await robot.SummaryAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(told?.Refusal, Is.EqualTo(expected));
            Assert.That(told?.Detail, Does.Contain("'front'").And.Contain(detail));
            Assert.That(summary.Statistics.InferenceFaults, Is.EqualTo(faults));
            Assert.That(action.Reason, Is.EqualTo(Wire.LadderReason.TrajectoryTooOld).Or.EqualTo(Wire.LadderReason.ObservationTooOld));
        }
    }

    [Test]
    public async Task Instruction_Changes_IsAcceptedOrRefusedWithItsUnknownWords()
    {
        var (robot, _) = await WireRobot.OpenAsync(TestServer.Shared, "told");
        using var disposing = robot;
        await robot.SendAsync(Instruction("put the blue cube in the right bin"));
        var accepted = await robot.NextAsync(response => response.InstructionAccepted is not null);
        await robot.SendAsync(Instruction("put the blue zeppelin in the right bin"));
        var refused = await robot.NextAsync(response => response.InstructionRefused is not null);
        await robot.StopAsync();
        await robot.SummaryAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(accepted.InstructionAccepted.Instruction, Is.EqualTo("put the blue cube in the right bin"));
            Assert.That(refused.InstructionRefused.UnknownWords, Is.EqualTo(["zeppelin"]));
        }
    }

    [Test]
    public async Task Robot_FallsSilent_ArmIsStoppedByItsLease()
    {
        var (robot, _) = await WireRobot.OpenAsync(TestServer.Shared, "silent", open => open.LeaseMs = 50);
        using var disposing = robot;
        var stopped = await robot.NextActionAsync(action => action.State == Wire.LadderState.Stopped);
        Assert.That(stopped.Reason, Is.EqualTo(Wire.LadderReason.LeaseLapsed));
        await robot.StopAsync();
        await robot.SummaryAsync();
    }

    [Test]
    public async Task Robot_StaysSilent_SessionIsGivenUp()
    {
        await using var server = await DivlaServer.StartAsync(
            TestServer.Options with { Limits = TestServer.Options.Limits with { AbandonAfter = TimeSpan.FromMilliseconds(100) } }, CancellationToken.None);
        var (robot, _) = await WireRobot.OpenAsync(server, "gone", open => open.LeaseMs = 50);
        using var disposing = robot;
        Assert.That((await robot.SummaryAsync()).End, Is.EqualTo(Wire.SessionEnd.Abandoned));
    }

    [Test]
    public async Task Robot_EndsItsSide_GetsItsSummary()
    {
        var (robot, _) = await WireRobot.OpenAsync(TestServer.Shared, "half-closes");
        using var disposing = robot;
        await robot.CompleteAsync();
        Assert.That((await robot.SummaryAsync()).End, Is.EqualTo(Wire.SessionEnd.StreamCompleted));
    }

    [Test]
    public async Task Message_IsTooLarge_SessionEndsAndAnotherGoesOn()
    {
        var (good, _) = await WireRobot.OpenAsync(TestServer.Shared, "good");
        var (bad, _) = await WireRobot.OpenAsync(TestServer.Shared, "bad");
        using var disposing = good;
        using var alsoDisposing = bad;
        var sending = bad.ObserveAsync(observation => observation.Frames[0].Data = ByteString.CopyFrom(new byte[9 * 1024 * 1024]));
        Assert.That(await bad.StatusAsync(), Is.EqualTo(StatusCode.ResourceExhausted));
        await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var tick = (await good.NextActionAsync(_ => true)).Tick;
        await good.NextActionAsync(action => action.Tick > tick + 20);
        await good.StopAsync();
        await good.SummaryAsync();
    }

    [Test]
    public async Task Robot_OpensTwice_SessionEndsForIt()
    {
        var (robot, _) = await WireRobot.OpenAsync(TestServer.Shared, "twice");
        using var disposing = robot;
        await robot.SendAsync(new Wire.ControlRequest { Open = WireRobot.OpenMessage("twice") });
        var summary = (await robot.NextAsync(response => response.Summary is not null)).Summary;
        Assert.That((summary.End, await robot.StatusAsync()), Is.EqualTo((Wire.SessionEnd.ProtocolViolation, StatusCode.InvalidArgument)));
    }

    [Test]
    public async Task Service_ShutsDown_ArmStandsAndTheRobotIsTold()
    {
        await using var server = await DivlaServer.StartAsync(TestServer.Options, CancellationToken.None);
        var (robot, _) = await WireRobot.OpenAsync(server, "last");
        using var disposing = robot;
        var stopping = server.StopAsync(CancellationToken.None);
        var summary = await robot.SummaryAsync();
        await stopping;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(summary.End, Is.EqualTo(Wire.SessionEnd.ServiceShutdown));
            Assert.That((robot.Actions[^1].State, robot.Actions[^1].Reason), Is.EqualTo((Wire.LadderState.Hold, Wire.LadderReason.Shutdown)));
        }
    }

    // What a quiet run would not show: operators who read all the time, collections, and a phrase that changes every few ticks.
    [Test]
    public async Task LoopAndPolicy_AfterWarmUp_AllocateNothing()
    {
        var (robot, accepted) = await WireRobot.OpenAsync(TestServer.Shared, "frugal");
        using var disposing = robot;
        var operations = new Client.OperationsClient(robot.Channel);
        await DriveAsync(robot, rounds: 25);
        using var enough = new CancellationTokenSource();
        var reading = ReadWithoutPauseAsync(operations, accepted.SessionId, enough.Token);
        await DriveAsync(robot, rounds: 30, GC.Collect);
        await enough.CancelAsync();
        var reads = await reading;
        await robot.StopAsync();
        var statistics = (await robot.SummaryAsync()).Statistics;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(statistics.Inferences, Is.GreaterThan(250), "what is measured is planning, not refusing");
            Assert.That(statistics.Phrases, Is.GreaterThan(25));
            Assert.That(reads, Is.GreaterThan(30));
            Assert.That(statistics.LoopBytesAllocatedPerTick, Is.Zero);
            Assert.That(statistics.PolicyBytesAllocatedPerTick, Is.Zero);
        }
    }

    // Ten ticks a round; every round has its own instruction, and so its own phrase.
    private static async Task DriveAsync(WireRobot robot, int rounds, Action? between = null)
    {
        for (var round = 0; round < rounds; round++)
        {
            await robot.SendAsync(Instruction($"put the {(round % 2 == 0 ? "red" : "blue")} cube in the left bin"));
            for (var tick = 0; tick < 10; tick++)
            {
                await robot.ObserveAsync();
                await robot.NextActionAsync(_ => true);
            }
            between?.Invoke();
        }
    }

    private static async Task<int> ReadWithoutPauseAsync(Client.OperationsClient operations, string session, CancellationToken enough)
    {
        var reads = 0;
        for (; !enough.IsCancellationRequested; reads++) await operations.GetStatisticsAsync(session, CancellationToken.None);
        return reads;
    }

    private static Wire.ControlRequest Instruction(string text) => new() { Instruction = new Wire.InstructionChange { Instruction = text } };

    private static bool IsFresh(Wire.ControlResponse response) => response.Action is { State: Wire.LadderState.Fresh };

    private static Action<Wire.Observation> Front(byte[] jpeg) => observation =>
    {
        observation.Frames[0].Encoding = Wire.ImageEncoding.Jpeg;
        observation.Frames[0].Data = ByteString.CopyFrom(jpeg);
    };

    private static byte[] Jpeg(int width)
    {
        using var bitmap = new SKBitmap(width, 64);
        bitmap.Erase(SKColors.Gray);
        using var data = bitmap.Encode(SKEncodedImageFormat.Jpeg, 90);
        return data.ToArray();
    }

    // Each bad frame has been looked at before the next one comes: none is superseded.
    private static async Task FaultsAsync(Client.OperationsClient operations, string session, ulong expected)
    {
        while ((await operations.GetStatisticsAsync(session, CancellationToken.None)).Statistics.InferenceFaults < expected)
            await Task.Yield();
    }

    private static async Task<Wire.ControlResponse> ObserveUntilAsync(
        WireRobot robot, Func<Wire.ControlResponse, bool> isWanted, Action<Wire.Observation>? change = null)
    {
        while (true)
        {
            await robot.ObserveAsync(change);
            var response = await robot.NextAsync(response => isWanted(response) || response.Action is not null);
            if (isWanted(response)) return response;
        }
    }
}
