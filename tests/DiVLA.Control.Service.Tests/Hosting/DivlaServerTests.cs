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

    [Test]
    public async Task Bundle_IsEmpty_ServiceDoesNotStart()
    {
        var empty = Directory.CreateTempSubdirectory("divla-empty-").FullName;
        await Assert.ThatAsync(() => DivlaServer.StartAsync(TestServer.Options with { BundleDirectory = empty }, CancellationToken.None), Throws.TypeOf<BundleRejectedException>());
        Directory.Delete(empty);
    }
}
