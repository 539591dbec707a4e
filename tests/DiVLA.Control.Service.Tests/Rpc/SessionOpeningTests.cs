using Grpc.Core;

namespace DiVLA.Control.Service.Tests.Rpc;

[TestFixture]
internal sealed class SessionOpeningTests
{
    private static IEnumerable<TestCaseData> Spoilt()
    {
        yield return Case(Wire.SessionRefusal.BadRobotId, StatusCode.InvalidArgument, "robot_id", open => open.RobotId = "a b");
        yield return Case(Wire.SessionRefusal.UnknownEmbodiment, StatusCode.NotFound, "panda", open => open.Embodiment = "ur5e");
        yield return Case(Wire.SessionRefusal.BadCameras, StatusCode.InvalidArgument, "'wrist' is named 0 times", open => open.Cameras.RemoveAt(1));
        yield return Case(Wire.SessionRefusal.BadCameras, StatusCode.InvalidArgument, "expected 64x64", open => open.Cameras[0].WidthPx = 224);
        yield return Case(Wire.SessionRefusal.BadCameras, StatusCode.InvalidArgument, "no camera 'rear'", open => open.Cameras.Add(new Wire.Camera { Name = "rear" }));
        yield return Case(Wire.SessionRefusal.BadCameras, StatusCode.InvalidArgument, "encoding", open => open.Cameras[0].Encoding = Wire.ImageEncoding.Unspecified);
        yield return Case(Wire.SessionRefusal.BadLease, StatusCode.InvalidArgument, "lease_ms is 5", open => open.LeaseMs = 5);
        yield return Case(Wire.SessionRefusal.BadState, StatusCode.InvalidArgument, "missing", open => open.State = null);
        yield return Case(Wire.SessionRefusal.BadState, StatusCode.InvalidArgument, "6 joints", open => open.State.CommandedJointsRad.RemoveAt(6));
        yield return Case(Wire.SessionRefusal.BadState, StatusCode.InvalidArgument, "panda_joint4", open => open.State.CommandedJointsRad[3] = 0.5);
        yield return Case(Wire.SessionRefusal.BadState, StatusCode.InvalidArgument, "panda_joint1", open => open.State.CommandedJointsRad[0] = double.NaN);
        yield return Case(Wire.SessionRefusal.BadInstruction, StatusCode.InvalidArgument, "", open => open.Instruction = "");
    }

    [TestCaseSource(nameof(Spoilt))]
    public async Task Open_IsSpoilt_IsRefusedWithTheReason(Wire.SessionRefusal refusal, StatusCode status, string detail, Action<Wire.OpenSession> spoil)
    {
        var (refused, code) = await WireRobot.OpenInVainAsync(TestServer.Shared, "spoilt", spoil);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((refused.Refusal, code), Is.EqualTo((refusal, status)));
            Assert.That(refused.Detail, Does.Contain(detail));
        }
    }

    [Test]
    public async Task Contract_Differs_FieldsAreNamed()
    {
        var (refused, status) = await WireRobot.OpenInVainAsync(TestServer.Shared, "stranger", open =>
        {
            open.ContractSha256 = "0";
            open.Contract.VelocityLimitRadPerS[3] = 9.5;
            (open.Contract.JointNames[0], open.Contract.JointNames[1]) = (open.Contract.JointNames[1], open.Contract.JointNames[0]);
        });
        using (Assert.EnterMultipleScope())
        {
            Assert.That((refused.Refusal, status), Is.EqualTo((Wire.SessionRefusal.ContractMismatch, StatusCode.FailedPrecondition)));
            Assert.That(refused.Differences.Select(difference => difference.Field), Is.EqualTo(["joint_names[0]", "joint_names[1]", "velocity_limit_rad_per_s[3]"]));
            Assert.That((refused.Differences[2].Robot, refused.Differences[2].Service), Is.EqualTo(("9.5", "2.175")));
        }
    }

    [Test]
    public async Task Instruction_HasUnknownWords_TheyAreNamed()
    {
        var (refused, status) = await WireRobot.OpenInVainAsync(TestServer.Shared, "poet", open => open.Instruction = "put the zeppelin in the left quagmire");
        using (Assert.EnterMultipleScope())
        {
            Assert.That((refused.Refusal, status), Is.EqualTo((Wire.SessionRefusal.BadInstruction, StatusCode.InvalidArgument)));
            Assert.That(refused.UnknownWords, Is.EqualTo(["zeppelin", "quagmire"]));
        }
    }

    [Test]
    public async Task FirstMessage_IsNotOpen_IsRefused()
    {
        using var robot = new WireRobot(TestServer.Shared);
        await robot.ObserveAsync();
        var refused = (await robot.NextAsync(_ => true)).Refused;
        Assert.That((refused.Refusal, await robot.StatusAsync()), Is.EqualTo((Wire.SessionRefusal.NotOpened, StatusCode.InvalidArgument)));
    }

    // 16 samples, one every 4 ticks of 1/82 s.
    [Test]
    public async Task Acceptance_SaysHowFarAheadATrajectoryReaches()
    {
        var (robot, accepted) = await WireRobot.OpenAsync(TestServer.Shared, "planner");
        using var opened = robot;
        Assert.That(accepted.TrajectoryMs, Is.EqualTo(780));
        await robot.StopAsync();
        await robot.SummaryAsync();
    }

    [Test]
    public async Task Robot_IsTaken_SecondControllerIsRefusedAndTheFirstGoesOn()
    {
        var (first, _) = await WireRobot.OpenAsync(TestServer.Shared, "taken");
        using var robot = first;
        var (refused, status) = await WireRobot.OpenInVainAsync(TestServer.Shared, "taken", _ => { });
        var last = first.Actions.LastOrDefault()?.Tick ?? 0;
        await first.NextActionAsync(action => action.Tick > last + 5);
        Assert.That((refused.Refusal, status), Is.EqualTo((Wire.SessionRefusal.RobotTaken, StatusCode.AlreadyExists)));
        await first.StopAsync();
        await first.SummaryAsync();
    }

    [Test]
    public async Task Robot_IsTakenOver_FirstControllerGetsItsSummary()
    {
        var (first, _) = await WireRobot.OpenAsync(TestServer.Shared, "takeover");
        using var before = first;
        var opening = WireRobot.OpenAsync(TestServer.Shared, "takeover", open => open.Takeover = true);
        Assert.That((await first.SummaryAsync()).End, Is.EqualTo(Wire.SessionEnd.TakenOver));
        using var after = (await opening).Robot;
        await after.NextActionAsync(_ => true);
        await after.StopAsync();
        await after.SummaryAsync();
    }

    [Test]
    public async Task Robot_ResumesItsOwnSession_IsLetInWithoutTakeover()
    {
        var (first, accepted) = await WireRobot.OpenAsync(TestServer.Shared, "resumes");
        using var before = first;
        var opening = WireRobot.OpenAsync(TestServer.Shared, "resumes", open => open.ResumeSessionId = accepted.SessionId);
        Assert.That((await first.SummaryAsync()).End, Is.EqualTo(Wire.SessionEnd.TakenOver));
        var (second, again) = await opening;
        using var after = second;
        Assert.That(again.SessionId, Is.Not.EqualTo(accepted.SessionId));
        await after.StopAsync();
        await after.SummaryAsync();
    }

    [Test]
    public async Task Service_IsFull_FurtherRobotsAreRefused()
    {
        await using var server = await DivlaServer.StartAsync(
            TestServer.Options with { Limits = TestServer.Options.Limits with { MaxSessions = 1 } }, CancellationToken.None);
        var (first, _) = await WireRobot.OpenAsync(server, "first");
        using var robot = first;
        var (refused, status) = await WireRobot.OpenInVainAsync(server, "second", _ => { });
        Assert.That((refused.Refusal, status), Is.EqualTo((Wire.SessionRefusal.TooManySessions, StatusCode.ResourceExhausted)));
    }

    // No machine of today has so many processors; were there one, the measure would be in force and the list rightly empty.
    [Test]
    public async Task RealTimeMeasure_IsRefused_TheRobotIsTold()
    {
        await using var server = await DivlaServer.StartAsync(
            TestServer.Options with { RealTime = TestServer.Options.RealTime with { CpuAffinity = 1023 } }, CancellationToken.None);
        var (robot, accepted) = await WireRobot.OpenAsync(server, "unpunctual");
        using var opened = robot;
        Assert.That(accepted.RealtimeDenied.Single(), Does.StartWith("CpuAffinity").And.Contain("processor 1023"));
        await robot.StopAsync();
        await robot.SummaryAsync();
    }

    [Test]
    public async Task RealTimeMeasures_AreNotAskedFor_NothingIsSaidOfThem()
    {
        var (robot, accepted) = await WireRobot.OpenAsync(TestServer.Shared, "modest");
        using var opened = robot;
        Assert.That(accepted.RealtimeDenied, Is.Empty);
        await robot.StopAsync();
        await robot.SummaryAsync();
    }

    private static TestCaseData Case(Wire.SessionRefusal refusal, StatusCode status, string detail, Action<Wire.OpenSession> spoil) =>
        new(refusal, status, detail, spoil);
}
