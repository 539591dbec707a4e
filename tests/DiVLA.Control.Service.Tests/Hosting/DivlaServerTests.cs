using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using DiVLA.Control.Client;
using DiVLA.Control.Policy.Bundle;
using Grpc.Health.V1;
using Grpc.Reflection.V1Alpha;

namespace DiVLA.Control.Service.Tests.Hosting;

[TestFixture]
internal sealed class DivlaServerTests
{
    [TestCase("")]
    [TestCase("divla.control.v1.RobotControl")]
    public async Task Health_OfARunningService_IsServing(string service)
    {
        using var channel = ServiceChannel.For(TestServer.Shared.GrpcAddress);
        var health = await new Health.HealthClient(channel).CheckAsync(new HealthCheckRequest { Service = service });
        Assert.That(health.Status, Is.EqualTo(HealthCheckResponse.Types.ServingStatus.Serving));
    }

    [Test]
    public async Task Reflection_NamesEveryService()
    {
        using var channel = ServiceChannel.For(TestServer.Shared.GrpcAddress);
        using var call = new ServerReflection.ServerReflectionClient(channel).ServerReflectionInfo();
        await call.RequestStream.WriteAsync(new ServerReflectionRequest { ListServices = "" });
        await call.ResponseStream.MoveNext(CancellationToken.None);
        var services = call.ResponseStream.Current.ListServicesResponse.Service.Select(service => service.Name).ToArray();
        await call.RequestStream.CompleteAsync();
        Assert.That(services, Is.SupersetOf(
            ["divla.control.v1.RobotControl", "divla.control.v1.Reasoning", "divla.control.v1.Operations", "grpc.health.v1.Health"]));
    }

    [Test]
    public async Task Json_OfARunningService_SaysThatItIsWellAndWhoIsThere()
    {
        var (robot, accepted) = await WireRobot.OpenAsync(TestServer.Shared, "shown");
        using var disposing = robot;
        using var http = new HttpClient { BaseAddress = TestServer.Shared.HttpAddress };
        var health = JsonDocument.Parse(await http.GetStringAsync("healthz")).RootElement;
        var sessions = JsonDocument.Parse(await http.GetStringAsync("v1/sessions")).RootElement.GetProperty("sessions").EnumerateArray();
        await robot.StopAsync();
        await robot.SummaryAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(health.GetProperty("status").GetString(), Is.EqualTo("ok"));
            Assert.That(health.GetProperty("log_lines_dropped").GetInt64(), Is.Zero);
            Assert.That(sessions.Select(session => session.GetProperty("session_id").GetString()), Has.Member(accepted.SessionId));
        }
    }

    [Test]
    public async Task Ports_AreTaken_FreeOnesAreUsedWhereAllowed()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();
        var options = TestServer.Options with { GrpcEndpoint = (IPEndPoint)taken.LocalEndPoint! };
        await Assert.ThatAsync(() => DivlaServer.StartAsync(options, CancellationToken.None), Throws.InstanceOf<IOException>());
        await using var server = await DivlaServer.StartAsync(options with { UseFreePortsWhenTaken = true }, CancellationToken.None);
        Assert.That(server.GrpcAddress.Port, Is.Not.EqualTo(options.GrpcEndpoint.Port));
    }

    [Test]
    public async Task Options_AreWrong_ServiceDoesNotStartAndSaysWhy()
    {
        var options = TestServer.Options with { GrpcEndpoint = new IPEndPoint(IPAddress.Any, 0) };
        await Assert.ThatAsync(() => DivlaServer.StartAsync(options, CancellationToken.None), Throws.ArgumentException.With.Message.Contains("TLS and authentication"));
    }

    // A probe that is answered at all means warm: until the bundle is read, verified and rehearsed, nobody listens. Here reading takes as long as the test wants.
    [Test]
    public async Task Bundle_IsStillBeingRead_NobodyListens_AndTheFirstProbeThatIsAnsweredIsGood()
    {
        using var bundle = new SlowBundle(TestServer.Options.BundleDirectory);
        var (grpc, http) = (FreePort(), FreePort());
        var starting = DivlaServerOf(TestServer.Options with { BundleDirectory = bundle.Folder, GrpcEndpoint = grpc, HttpEndpoint = http });
        await using (var manifest = await bundle.WhenReadAsync())
        {
            Assert.That((await ListensAsync(grpc), await ListensAsync(http), starting.IsCompleted), Is.EqualTo((false, false, false)));
            await manifest.WriteAsync(bundle.Manifest);
        }
        using var client = new HttpClient { BaseAddress = new Uri($"http://{http}") };
        while (!await ListensAsync(http)) await Task.WhenAny(starting, Task.Delay(TimeSpan.FromMilliseconds(5)));
        using var first = await client.GetAsync(new Uri("healthz", UriKind.Relative));
        await using var server = await starting;
        Assert.That(first.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    // The first emergency stop is no slower than the next: its code has run before. Nothing of that is left.
    [Test]
    public async Task Stops_AreRehearsed_NoLatchAndNoLineIsLeftBehind()
    {
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        await using var server = await DivlaServer.StartAsync(TestServer.Options with { AuditFile = file }, CancellationToken.None);
        using var channel = ServiceChannel.For(server.GrpcAddress);
        var health = await new OperationsClient(channel).GetHealthAsync(CancellationToken.None);
        Assert.That((health.AllStopped, health.StoppedRobotIds.Count, File.Exists(file)), Is.EqualTo((false, 0, false)));
    }

    [Test]
    public async Task Bundle_IsEmpty_ServiceDoesNotStart()
    {
        var empty = Directory.CreateTempSubdirectory("divla-empty-").FullName;
        await Assert.ThatAsync(() => DivlaServer.StartAsync(TestServer.Options with { BundleDirectory = empty }, CancellationToken.None), Throws.TypeOf<BundleRejectedException>());
        Directory.Delete(empty);
    }

    private static Task<DivlaServer> DivlaServerOf(ServiceOptions options) => Task.Run(() => DivlaServer.StartAsync(options, CancellationToken.None));

    private static IPEndPoint FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (IPEndPoint)socket.LocalEndPoint!;
    }

    private static async Task<bool> ListensAsync(IPEndPoint endpoint)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(endpoint);
            return true;
        }
        catch (SocketException refused) when (refused.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return false;
        }
    }

    /// <summary>A bundle whose manifest is a pipe: who reads it waits until somebody has written it.</summary>
    private sealed class SlowBundle : IDisposable
    {
        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("divla-slow-");

        public SlowBundle(string original)
        {
            foreach (var file in Directory.EnumerateFiles(original, "*", SearchOption.AllDirectories))
            {
                var copy = Path.Combine(Folder, Path.GetRelativePath(original, file));
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(file, copy);
            }
            Manifest = File.ReadAllBytes(Pipe);
            File.Delete(Pipe);
            using var made = Process.Start("mkfifo", Pipe);
            made.WaitForExit();
            Assert.That(made.ExitCode, Is.Zero);
        }

        public string Folder => _folder.FullName;

        public byte[] Manifest { get; }

        private string Pipe => Path.Combine(Folder, PolicyManifest.FileName);

        /// <summary>Ends when somebody waits for the manifest, with where it is to be written.</summary>
        public Task<FileStream> WhenReadAsync() => Task.Run(() => new FileStream(Pipe, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0)).WaitAsync(Patience);

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
