using System.Text.Json;
using DiVLA.Control.Client;
using DiVLA.Control.Service.Audit;
using DiVLA.Control.Service.Identity;
using Grpc.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace DiVLA.Control.Service.Tests.Identity;

/// <summary>Who was not let in is in the audit log, and cannot fill the disk with it.</summary>
[TestFixture]
internal sealed class RefusalAuditTests
{
    private static readonly Status Stranger = new(StatusCode.Unauthenticated, "a client certificate or a bearer token is needed");
    private static readonly Status Denied = new(StatusCode.PermissionDenied, "the credential needs the role operator");
    private readonly TestCredentials _credentials = new();

    [TearDown]
    public void Delete() => _credentials.Dispose();

    [Test]
    public async Task Caller_IsRefused_AuditLogSaysWhoWasRefusedWhatAndWhy()
    {
        var file = _credentials.PathOf("refused.jsonl");
        await using var server = await DivlaServer.StartAsync(TestServer.Options with { Security = _credentials.Security(), AuditFile = file }, CancellationToken.None);
        var (viewer, arm2) = (_credentials.Token(CallerRoles.Viewer, "*"), _credentials.Token(CallerRoles.Operator, "arm-2"));
        await RefusedAsync(server, _credentials.Nobody, operations => operations.GetHealthAsync(CancellationToken.None));
        await RefusedAsync(server, _credentials.Token(CallerRoles.All, "*", TestCredentials.Past), operations => operations.GetHealthAsync(CancellationToken.None));
        await RefusedAsync(server, viewer, operations => operations.EmergencyStopAsync(new Wire.EmergencyStopRequest(), CancellationToken.None));
        await RefusedAsync(server, arm2, operations => operations.EmergencyStopAsync(new Wire.EmergencyStopRequest(), CancellationToken.None));
        using (var robot = new WireRobot(server, _credentials.Token(CallerRoles.Robot, "arm-2")))
        {
            await robot.SendAsync(new Wire.ControlRequest { Open = WireRobot.OpenMessage("arm-1") });
            Assert.That(await robot.StatusAsync(), Is.EqualTo(StatusCode.PermissionDenied));
        }
        var lines = Lines(file);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(lines.Select(line => Text(line, "action")), Is.All.EqualTo("access"));
            Assert.That(lines.Select(line => (Text(line, "subject").Split('/')[1], Text(line, "outcome"))), Is.EqualTo(
                new[]
                {
                    ("GetHealth", "Unauthenticated"), ("GetHealth", "Unauthenticated"), ("EmergencyStop", "PermissionDenied"),
                    ("EmergencyStop", "PermissionDenied"), ("Control", "PermissionDenied"),
                }));
            Assert.That(lines[..4].Select(line => Text(line, "who")), Is.EqualTo(new[] { "", "", NameOf(viewer), NameOf(arm2) }), "a credential that was not accepted names nobody");
            Assert.That(lines.Select(line => Text(line, "detail")), Is.All.Not.Empty);
            Assert.That(lines.Select(line => Text(line, "peer")), Is.All.EqualTo("127.0.0.1"));
            Assert.That(File.ReadAllText(file), Does.Not.Contain("eyJ"), "nothing of a token");
        }
    }

    // A thousand calls a second for an hour leave what the budget has, and how many there were.
    [Test]
    public async Task Strangers_CallInVainForAnHour_LinesAreBoundedAndEveryCallIsCounted()
    {
        const int Calls = 36_000;
        var (clock, file) = (new FakeTimeProvider(), _credentials.PathOf("flooded.jsonl"));
        var options = TestServer.Options with { Clock = clock, AuditFile = file };
        using var audit = new AuditLog(options, NullLogger<AuditLog>.Instance);
        var refusals = new AccessRefusals(options, audit, NullLogger<AccessRefusals>.Instance);
        for (var call = 0; call < Calls; call++)
        {
            await refusals.ReportAsync("divla.control.v1.Operations/Reset", caller: null, from: null, Stranger);
            clock.Advance(TimeSpan.FromMilliseconds(100));
        }
        await refusals.ReportAsync("divla.control.v1.Operations/Reset", new Caller("vera", CallerRoles.Viewer, RobotScope.Every, null), from: null, Denied);
        clock.Advance(RefusalBudget.Refill);
        await refusals.ReportAsync("divla.control.v1.Operations/Reset", caller: null, from: null, Stranger);
        var lines = Lines(file);
        var (strangers, known) = (lines.Where(line => Text(line, "who").Length == 0).ToArray(), lines.Where(line => Text(line, "who").Length > 0).ToArray());
        using (Assert.EnterMultipleScope())
        {
            Assert.That(strangers, Has.Length.EqualTo(RefusalBudget.Burst + 3600 / (int)RefusalBudget.Refill.TotalSeconds).Within(1));
            Assert.That(strangers.Sum(LeftOut) + strangers.Length, Is.EqualTo(Calls + 1), "each call has a line, or is counted in the next one");
            Assert.That(known.Select(line => Text(line, "who")), Is.EqualTo(["vera"]), "strangers do not crowd out who is known");
            Assert.That(refusals.Unauthenticated, Is.EqualTo(Calls + 1));
            Assert.That(new FileInfo(file).Length / lines.Length, Is.LessThan(700));
        }
    }

    private static async Task RefusedAsync(DivlaServer server, ServiceCredentials credentials, Func<OperationsClient, Task> call)
    {
        using var channel = ServiceChannel.For(server.GrpcAddress, credentials);
        await Assert.ThatAsync(() => call(new OperationsClient(channel)), Throws.InstanceOf<RpcException>());
    }

    private static JsonElement[] Lines(string file) => [.. File.ReadAllLines(file).Select(line => JsonDocument.Parse(line).RootElement)];

    private static string Text(JsonElement line, string name) => line.GetProperty(name).GetString()!;

    private static long LeftOut(JsonElement line) => line.TryGetProperty("left_out", out var count) ? count.GetInt64() : 0;

    private static string NameOf(ServiceCredentials credentials) => Path.GetFileNameWithoutExtension(credentials.TokenFile!);
}
