using DiVLA.Control.Client;
using DiVLA.Control.Robot;
using DiVLA.Control.Service.Identity;
using DiVLA.Control.Simulator.Arm;
using DiVLA.Control.Simulator.Robot;

namespace DiVLA.Control.Service.Tests.Identity;

/// <summary>The robot's client, of a service that asks for credentials.</summary>
[TestFixture]
internal sealed class RobotCredentialTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly TestCredentials _credentials = new();
    private readonly WallClock _clock = new();
    private readonly StandingRobot _robot = new();
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

    [Test]
    public async Task Credential_ExpiresAndIsRenewed_RobotComesBackByItself()
    {
        var credentials = _credentials.Token(CallerRoles.Robot, "arm");
        await using var client = new RobotControlClient(Options("arm", credentials), _robot);
        var driving = client.RunAsync(CancellationToken.None);
        await _robot.Accepted(1).WaitAsync(Patience);
        _clock.PutForward(TimeSpan.FromDays(3));
        await _robot.Lost(1).WaitAsync(Patience);
        var renewed = _credentials.Token(CallerRoles.Robot, "arm", Service.Identity.Development.Validity.For(TimeSpan.FromDays(30), TimeProvider.System.GetUtcNow()));
        File.Copy(renewed.TokenFile!, credentials.TokenFile!, overwrite: true);
        await _robot.Accepted(2).WaitAsync(Patience);
        client.Stop("test");
        Assert.That((await driving.WaitAsync(Patience))!.End, Is.EqualTo(Wire.SessionEnd.StoppedByRobot));
        Assert.That(_robot.Ends[0], Is.EqualTo(Wire.SessionEnd.CredentialExpired), "the first session ended in good order");
    }

    [TestCase("other", CallerRoles.Robot, Wire.SessionRefusal.NotAllowed)]
    [TestCase("arm", CallerRoles.Operator, Wire.SessionRefusal.Unspecified)]
    public async Task Credential_IsNotEnough_RobotIsRefusedForGood(string robot, CallerRoles role, Wire.SessionRefusal refusal)
    {
        await using var client = new RobotControlClient(Options(robot, _credentials.Certificate(role, "arm")), _robot);
        var error = await Assert.ThrowsAsync<SessionRefusedException>(() => client.RunAsync(CancellationToken.None).WaitAsync(Patience));
        Assert.That(error!.Refused.Refusal, Is.EqualTo(refusal));
        Assert.That(error.Message, Does.Contain("credential"));
    }

    [Test]
    public async Task Credential_IsMissing_RobotIsRefusedForGood()
    {
        await using var client = new RobotControlClient(Options("arm", _credentials.Nobody), _robot);
        await Assert.ThrowsAsync<SessionRefusedException>(() => client.RunAsync(CancellationToken.None).WaitAsync(Patience));
    }

    [Test]
    public void Credentials_CannotBeUsed_AllFaultsAreNamed()
    {
        var wrong = new ServiceCredentials { CertificateFile = "/nowhere.crt", TokenFile = "/nowhere.token" };
        var error = Assert.Throws<ArgumentException>(() => _ = new RobotControlClient(Options("arm", wrong) with { Address = new Uri("http://127.0.0.1:1") }, _robot));
        Assert.That(error!.Message, Does.Contain("https").And.Contain("needed together").And.Contain("/nowhere.crt").And.Contain("/nowhere.token"));
    }

    private RobotControlOptions Options(string robot, ServiceCredentials credentials) => new()
    {
        Address = _server.GrpcAddress,
        Credentials = credentials,
        RobotId = robot,
        Contract = SimulatedCameras.ContractOf(ArmProfiles.Panda),
        Encodings = SimulatedCameras.Encodings,
        Instruction = "put the red cube in the left bin",
        Lease = TimeSpan.FromSeconds(30),
        SilenceLimit = TimeSpan.FromSeconds(5),
    };

    /// <summary>An arm that stands and counts what happens to it.</summary>
    private sealed class StandingRobot : RobotControlHandler
    {
        private readonly TaskCompletionSource[] _accepted = [new(), new(), new()];
        private readonly TaskCompletionSource[] _lost = [new(), new(), new()];
        private int _acceptedCount;
        private int _lostCount;

        public List<Wire.SessionEnd> Ends { get; } = [];

        public Task Accepted(int times) => _accepted[times].Task;

        public Task Lost(int times) => _lost[times].Task;

        public override RobotState ReadState() => new(
            new JointPositions(ArmProfiles.Panda.RestRad), new JointVelocities(new double[7]), new JointPositions(ArmProfiles.Panda.RestRad), 0.08, false);

        public override void OnAction(in RobotAction action)
        {
            // It stands.
        }

        public override void OnAccepted(Wire.SessionAccepted session) => _accepted[Math.Min(++_acceptedCount, 2)].TrySetResult();

        public override void OnLost(SessionLoss loss) => _lost[Math.Min(++_lostCount, 2)].TrySetResult();

        public override void OnSummary(Wire.SessionSummary summary) => Ends.Add(summary.End);
    }
}
