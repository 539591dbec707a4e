using DiVLA.Control.Service.Identity;

namespace DiVLA.Control.Service.Tests.Identity;

/// <summary>A service that asks for credentials, with a robot at work, and everybody who may come to it.</summary>
[SetUpFixture]
internal sealed class SecuredServer
{
    /// <summary>The robot that is at work.</summary>
    public const string Robot = "arm-1";

    // As long as all tests of identity take on a busy machine.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(30);

    private static WireRobot _atWork = null!;
    private static Task _working = Task.CompletedTask;
    private static volatile bool _isOver;

    public static DivlaServer Server { get; private set; } = null!;

    /// <summary>The service's own authority.</summary>
    public static TestCredentials Trusted { get; private set; } = null!;

    /// <summary>Somebody else's.</summary>
    public static TestCredentials Foreign { get; private set; } = null!;

    /// <summary>The service's log.</summary>
    public static string LogFile { get; private set; } = "";

    /// <summary>The service's audit log.</summary>
    public static string AuditFile => Trusted.PathOf("audit.jsonl");

    [OneTimeSetUp]
    public static async Task StartAsync()
    {
        (Trusted, Foreign) = (new TestCredentials(), new TestCredentials());
        var log = new LogOptions { Console = false, File = Trusted.PathOf("service-.log"), Level = Serilog.Events.LogEventLevel.Verbose };
        Server = await DivlaServer.StartAsync(TestServer.Options with { Security = Trusted.Security(), Log = log, AuditFile = AuditFile, Records = new RecordOptions { File = Trusted.PathOf("reasoning.db") } }, CancellationToken.None);
        LogFile = log.File;
        (_atWork, _) = await WireRobot.OpenAsync(Server, Robot, credentials: Trusted.Certificate(CallerRoles.Robot, Robot), patience: Patience);
        _working = WorkAsync();
    }

    [OneTimeTearDown]
    public static async Task StopAsync()
    {
        _isOver = true;
        await _working;
        await _atWork.StopAsync();
        await _atWork.SummaryAsync();
        _atWork.Dispose();
        await Server.DisposeAsync();
        Trusted.Dispose();
        Foreign.Dispose();
    }

    // Takes every command, and shows a sign of life a second: a robot that does neither is given up.
    private static async Task WorkAsync()
    {
        while (!_isOver)
            if ((await _atWork.NextActionAsync(_ => true)).Tick % 82 == 0) await _atWork.SendAsync(new Wire.ControlRequest { Heartbeat = new Wire.Heartbeat { SentNs = 1 } });
    }

    /// <summary>Credentials of this service's authority that let their holder through a rule, but for the robots.</summary>
    public static CallerRoles Allowed(AccessRule rule) => CredentialWords.Each(rule.Roles ?? CallerRoles.All).First();
}
