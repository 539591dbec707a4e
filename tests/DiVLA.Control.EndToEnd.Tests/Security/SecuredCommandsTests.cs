using DiVLA.Control.Cli;
using DiVLA.Control.EndToEnd.Tests.Deployment;

namespace DiVLA.Control.EndToEnd.Tests.Security;

/// <summary>Every command that asks a service, of a service that asks for credentials.</summary>
[TestFixture]
internal sealed class SecuredCommandsTests
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("divla-secured-");
    private RunningService _service = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        await Divla.RunAsync("certs", "init", Pki);
        await Divla.RunAsync("certs", "client", Pki, "anna", "--role", "operator", "--robots", "*");
        await Divla.RunAsync("certs", "token", Pki, "bert", "--role", "viewer", "--robots", "*");
        _service = await RunningService.StartAsync(
            "--bundle", RandomBundle.Directory, "--listen", "127.0.0.1:0", "--listen-http", "127.0.0.1:0",
            "--tls-cert", PathOf("server.crt"), "--tls-key", PathOf("server.key"), "--client-ca", PathOf("ca.crt"), "--token-keys", PathOf("token-keys.json"));
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await _service.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private string Pki => Path.Combine(_folder.FullName, "pki");

    private string[] Anna => ["--server", _service.Grpc.ToString(), "--ca", PathOf("ca.crt"), "--cert", PathOf("anna.crt"), "--key", PathOf("anna.key")];

    private string[] Bert => ["--server", _service.Grpc.ToString(), "--ca", PathOf("ca.crt"), "--token", PathOf("bert.token")];

    private string[] Nobody => ["--server", _service.Grpc.ToString(), "--ca", PathOf("ca.crt")];

    // Those that fail with these credentials fail because there is no session, or nothing is stopped.
    [TestCase("sessions", ExitCode.Success)]
    [TestCase("reasoning get nobody", ExitCode.Failed)]
    [TestCase("reasoning watch nobody", ExitCode.Failed)]
    [TestCase("reasoning pin nobody --bin left", ExitCode.Failed)]
    [TestCase("reasoning release nobody", ExitCode.Failed)]
    [TestCase("stop arm-9", ExitCode.Success)]
    [TestCase("reset arm-8", ExitCode.Failed)]
    public async Task Operator_IsLetIn_AndAStrangerIsNot(string command, int expected)
    {
        var anna = await Divla.RunAsync([.. command.Split(' '), .. Anna]);
        var stranger = await Divla.RunAsync([.. command.Split(' '), .. Nobody]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(anna.ExitCode, Is.EqualTo(expected), anna.Error);
            Assert.That(anna.Error, Does.Not.Contain("Unauthenticated").And.Not.Contain("PermissionDenied"));
            Assert.That(stranger.ExitCode, Is.EqualTo(ExitCode.Failed));
            Assert.That(stranger.Error, Does.Contain("Unauthenticated: a client certificate or a bearer token is needed"));
        }
    }

    [Test]
    public async Task Viewer_Looks_AndStopsNothing()
    {
        var sessions = await Divla.RunAsync(["sessions", .. Bert]);
        var stop = await Divla.RunAsync(["stop", "--all", .. Bert]);
        Assert.That((sessions.ExitCode, stop.ExitCode), Is.EqualTo((ExitCode.Success, ExitCode.Failed)), sessions.Error);
        Assert.That(stop.Error, Does.Contain("PermissionDenied: the credential needs the role operator"));
    }

    [Test]
    public async Task Robot_HasNoRobotsCredential_IsRefused()
    {
        var robot = await Divla.RunAsync(["simulate", .. Anna, "--bundle", RandomBundle.Directory]);
        Assert.That(robot.ExitCode, Is.EqualTo(ExitCode.Failed), robot.Error);
        Assert.That(robot.Error, Does.Contain("the credential needs the role robot"));
    }

    [Test]
    public async Task Health_NeedsTrust_AndNoCredential()
    {
        var trusting = await Divla.RunAsync(["health", .. Nobody]);
        var mistrusting = await Divla.RunAsync("health", "--server", _service.Grpc.ToString());
        Assert.That((trusting.ExitCode, mistrusting.ExitCode), Is.EqualTo((ExitCode.Success, ExitCode.Unavailable)), trusting.Error);
    }

    [Test]
    public async Task Variables_StandInFor_Options()
    {
        var variables = new Dictionary<string, string>
        {
            ["DIVLA_SERVER"] = _service.Grpc.ToString(),
            ["DIVLA_CA_FILE"] = PathOf("ca.crt"),
            ["DIVLA_TOKEN_FILE"] = PathOf("bert.token"),
        };
        foreach (var (name, value) in variables) Environment.SetEnvironmentVariable(name, value);
        try
        {
            var sessions = await Divla.RunAsync("sessions");
            Assert.That(sessions.ExitCode, Is.EqualTo(ExitCode.Success), sessions.Error);
        }
        finally
        {
            foreach (var name in variables.Keys) Environment.SetEnvironmentVariable(name, null);
        }
    }

    [Test]
    public async Task Address_IsInClearText_CredentialsStayHere()
    {
        var sessions = await Divla.RunAsync(["sessions", "--server", "http://127.0.0.1:9", "--token", PathOf("bert.token")]);
        Assert.That(sessions.ExitCode, Is.EqualTo(ExitCode.Usage), sessions.Error);
        Assert.That(sessions.Error, Does.Contain("not sent in clear text"));
    }

    private string PathOf(string file) => Path.Combine(Pki, file);
}
