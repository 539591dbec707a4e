using System.Net;
using System.Threading.Channels;
using DiVLA.Control.Client;
using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.Arm;
using DiVLA.Control.Simulator.Robot;

namespace DiVLA.Control.Service.Tests.Clients;

/// <summary>The client against the real service.</summary>
[TestFixture]
internal sealed class RobotControlClientTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly RecordingRobot _robot = new();

    [Test]
    public async Task Robot_StreamsAndStops_GetsActionsAndItsSummary()
    {
        await using var client = new RobotControlClient(Options(TestServer.Shared.GrpcAddress, "client"), _robot);
        var driving = client.RunAsync(CancellationToken.None);
        await _robot.NextAsync("accepted");
        for (var observation = 0; observation < 10; observation++)
        {
            client.Observe(MonotonicTime.Now(TimeProvider.System), _robot.ReadState(), _robot.Frame, _robot.Frame);
            await _robot.NextAsync("action");
        }
        client.Stop("test");
        var summary = await driving.WaitAsync(Patience);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(summary!.End, Is.EqualTo(Wire.SessionEnd.StoppedByRobot));
            // A stop goes first: the last observation may still wait for its turn then. None is lost without being counted.
            Assert.That(summary.Statistics.ObservationsReceived + (ulong)client.ObservationsSuperseded + (ulong)client.ObservationsUnsent, Is.EqualTo(10));
            Assert.That(client.ObservationsUnsent, Is.AnyOf(0, 1));
            Assert.That(summary.Statistics.ObservationsRefused, Is.Zero);
            Assert.That(summary.Statistics.ClockRoundTripNs, Is.Positive, "the clocks were compared in band");
            Assert.That(Math.Abs(summary.Statistics.ClockOffsetNs), Is.LessThanOrEqualTo(summary.Statistics.ClockRoundTripNs), "one machine has one monotonic clock");
        }
    }

    [Test]
    public async Task Robot_HasNothingToSee_HeartbeatsKeepItsLease()
    {
        var options = Options(TestServer.Shared.GrpcAddress, "heartbeats") with { Lease = TimeSpan.FromSeconds(2) };
        await using var client = new RobotControlClient(options, _robot);
        var driving = client.RunAsync(CancellationToken.None);
        await _robot.WaitForAsync(action => action.Tick > 82 * 3);
        client.Stop("test");
        var summary = await driving.WaitAsync(Patience);
        Assert.That(_robot.Reasons, Has.No.Member(Wire.LadderReason.LeaseLapsed));
        Assert.That(summary!.Statistics.ObservationsReceived, Is.Zero);
    }

    [Test]
    public async Task Service_GoesAndComesBack_RobotHoldsAndConnectsAgain()
    {
        var server = await DivlaServer.StartAsync(TestServer.Options, CancellationToken.None);
        var options = Options(server.GrpcAddress, "persistent");
        await using var client = new RobotControlClient(options, _robot);
        var driving = client.RunAsync(CancellationToken.None);
        await _robot.NextAsync("accepted");
        await _robot.NextAsync("action");
        await server.DisposeAsync();
        await _robot.NextAsync("hold");
        await _robot.NextAsync("lost");

        var endpoint = new IPEndPoint(IPAddress.Loopback, options.Address.Port);
        await using var back = await DivlaServer.StartAsync(TestServer.Options with { GrpcEndpoint = endpoint }, CancellationToken.None);
        await _robot.NextAsync("accepted");
        await _robot.NextAsync("action");
        client.Stop("test");
        Assert.That((await driving.WaitAsync(Patience))!.End, Is.EqualTo(Wire.SessionEnd.StoppedByRobot));
    }

    [Test]
    public async Task Robot_IsOfAnotherMake_IsRefusedForGoodWithTheDifferences()
    {
        var options = Options(TestServer.Shared.GrpcAddress, "foreign");
        var foreign = options with { Contract = options.Contract with { ControlRateHz = 100 } };
        await using var client = new RobotControlClient(foreign, _robot);
        var error = await Assert.ThrowsAsync<SessionRefusedException>(() => client.RunAsync(CancellationToken.None));
        Assert.That(error!.Refused.Differences.Single().Field, Is.EqualTo("control_rate_hz"));
    }

    [Test]
    public async Task Robot_IsTakenOver_ClientDoesNotFightForIt()
    {
        var options = Options(TestServer.Shared.GrpcAddress, "contested");
        await using var client = new RobotControlClient(options, _robot);
        var driving = client.RunAsync(CancellationToken.None);
        await _robot.NextAsync("action");
        var (other, _) = await WireRobot.OpenAsync(TestServer.Shared, "contested", open => open.Takeover = true);
        using var disposing = other;
        await Assert.ThrowsAsync<SessionTakenOverException>(() => driving.WaitAsync(Patience));
        await other.StopAsync();
        await other.SummaryAsync();
    }

    [Test]
    public async Task Service_IsNotThere_ClientGivesUpWhenItIsTold()
    {
        var options = Options(new Uri("http://127.0.0.1:1"), "lonely") with { GiveUpAfter = TimeSpan.FromMilliseconds(100) };
        await using var client = new RobotControlClient(options, _robot);
        await Assert.ThrowsAsync<ServiceUnreachableException>(() => client.RunAsync(CancellationToken.None).WaitAsync(Patience));
    }

    private static RobotControlOptions Options(Uri address, string robot) => new()
    {
        Address = address,
        RobotId = robot,
        Contract = SimulatedCameras.ContractOf(ArmProfiles.Panda),
        Encodings = SimulatedCameras.Encodings,
        Instruction = "put the red cube in the left bin",
        Lease = TimeSpan.FromSeconds(30),
        SilenceLimit = TimeSpan.FromSeconds(5),
    };

    /// <summary>An arm that stands and writes down what it is told.</summary>
    private sealed class RecordingRobot : RobotControlHandler
    {
        private readonly Channel<(string Kind, RobotAction Action)> _events = Channel.CreateUnbounded<(string, RobotAction)>();

        public ReadOnlyMemory<byte> Frame { get; } = new byte[64 * 64 * 3];

        public List<Wire.LadderReason> Reasons { get; } = [];

        public override RobotState ReadState() => new(
            new JointPositions(ArmProfiles.Panda.RestRad), new JointVelocities(new double[7]), new JointPositions(ArmProfiles.Panda.RestRad), 0.08, false);

        public override void OnAction(in RobotAction action)
        {
            Reasons.Add(action.Reason);
            _events.Writer.TryWrite(("action", action));
        }

        public override void OnHold(in RobotAction hold) => _events.Writer.TryWrite(("hold", hold));

        public override void OnAccepted(Wire.SessionAccepted session) => _events.Writer.TryWrite(("accepted", default));

        public override void OnLost(SessionLoss loss) => _events.Writer.TryWrite(("lost", default));

        /// <summary>Waits for the next event of a kind.</summary>
        public Task NextAsync(string kind) => NextAsync(next => next.Kind == kind);

        /// <summary>Waits for an action.</summary>
        public Task WaitForAsync(Func<RobotAction, bool> isWanted) => NextAsync(next => next.Kind == "action" && isWanted(next.Action));

        private async Task NextAsync(Func<(string Kind, RobotAction Action), bool> isWanted)
        {
            using var patience = new CancellationTokenSource(Patience);
            while (!isWanted(await _events.Reader.ReadAsync(patience.Token)))
            {
                // Others are of no interest here.
            }
        }
    }
}
