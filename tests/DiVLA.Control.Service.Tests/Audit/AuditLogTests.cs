using System.Text.Json;
using DiVLA.Control.Client;
using DiVLA.Control.Service.Audit;
using Grpc.Core;
using Microsoft.Extensions.Logging.Abstractions;

namespace DiVLA.Control.Service.Tests.Audit;

[TestFixture]
internal sealed class AuditLogTests
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("divla-audit-");

    [TearDown]
    public void Delete() => _folder.Delete(recursive: true);

    [Test]
    public async Task Operators_Act_EveryLineSaysWhoDidWhatAndWhatCameOfIt()
    {
        var file = Path.Combine(_folder.FullName, "deep", "audit.jsonl");
        await using var server = await DivlaServer.StartAsync(TestServer.Options with { AuditFile = file }, CancellationToken.None);
        var (robot, _) = await WireRobot.OpenAsync(server, "audited-arm");
        using var disposing = robot;
        var (operations, reasoning) = (new OperationsClient(robot.Channel), new ReasoningClient(robot.Channel));
        await operations.EmergencyStopAsync(new Wire.EmergencyStopRequest { Arms = new Wire.Arms { RobotId = "audited-arm" }, Who = "anna", Reason = "smoke" }, CancellationToken.None);
        await RefusedAsync(operations.ResetAsync(new Wire.ResetRequest { Arms = new Wire.Arms { All = true } }, CancellationToken.None));
        await operations.ResetAsync(new Wire.ResetRequest { Arms = new Wire.Arms { RobotId = "audited-arm" }, Who = "ben", Why = "no\nsmoke" }, CancellationToken.None);
        await RefusedAsync(reasoning.ReleaseAsync(new Wire.ReasoningReleaseRequest { Session = "audited-arm", Who = "ben" }, CancellationToken.None));
        var lines = (await File.ReadAllLinesAsync(file)).Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(lines.Select(line => Text(line, "action")), Is.EqualTo(["emergency_stop", "reset", "reset", "release"]));
            Assert.That(lines.Select(line => Text(line, "outcome")), Is.EqualTo(["OK", "InvalidArgument", "OK", "FailedPrecondition"]));
            Assert.That(lines.Select(line => Text(line, "who")), Is.EqualTo(["anna", "", "ben", "ben"]));
            Assert.That(lines.Select(line => Text(line, "why")), Is.EqualTo(["smoke", "", "no smoke", ""]), "one line each, whatever is written into them");
            Assert.That(lines.Select(line => Text(line, "subject")), Is.EqualTo(["robot audited-arm", "all arms", "robot audited-arm", "audited-arm"]));
            Assert.That(lines.Select(line => line.GetProperty("robot_ids").GetArrayLength()), Is.EqualTo([1, 0, 1, 0]));
            Assert.That(lines.Select(line => Text(line, "peer")), Is.All.StartsWith("ipv4:127.0.0.1:"));
            Assert.That(lines.Select(line => line.GetProperty("time").GetDateTimeOffset()), Is.Ordered);
        }
    }

    [Test]
    public async Task File_CannotBeWritten_NothingIsRefusedAndTheLossIsCounted()
    {
        var blocker = Path.Combine(_folder.FullName, "blocker");
        await File.WriteAllTextAsync(blocker, "a file where a folder should be");
        using var audit = new AuditLog(TestServer.Options with { AuditFile = Path.Combine(blocker, "audit.jsonl") }, NullLogger<AuditLog>.Instance);
        await audit.WriteAsync(Entry());
        await audit.WriteAsync(Entry());
        var lost = audit.Health();
        File.Delete(blocker);
        await audit.WriteAsync(Entry());
        var again = audit.Health();
        using (Assert.EnterMultipleScope())
        {
            Assert.That((lost.On, lost.Lost), Is.EqualTo((true, 2)));
            Assert.That(lost.Fault, Does.Contain("blocker"));
            Assert.That((again.Lost, again.Fault), Is.EqualTo((2, "")));
            Assert.That(await File.ReadAllLinesAsync(Path.Combine(blocker, "audit.jsonl")), Has.Length.EqualTo(1));
        }
    }

    // A full disk may take the first half of a line: nothing of it stays, and the next line is whole.
    [Test]
    public async Task Disk_IsFull_NoHalfLineIsLeftBehind()
    {
        using var disk = SmallDisk.Mount(mebibytes: 1);
        var file = disk.PathOf("audit.jsonl");
        using var audit = new AuditLog(TestServer.Options with { AuditFile = file }, NullLogger<AuditLog>.Instance);
        var written = 1;
        Assert.That(await audit.WriteAsync(Entry()), Is.True);
        disk.Fill();
        while (await audit.WriteAsync(Entry())) written++;
        var full = audit.Health();
        disk.MakeRoom();
        Assert.That(await audit.WriteAsync(Entry()), Is.True);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(full.Lost, Is.EqualTo(1));
            Assert.That(full.Fault, Does.StartWith(file));
            Assert.That((await File.ReadAllLinesAsync(file)).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("who").GetString()),
                Is.EqualTo(Enumerable.Repeat("anna", written + 1)));
        }
    }

    // An arm that moves again without anybody having answered for it is what the log is there to prevent. A stop asks nobody.
    [Test]
    public async Task File_CannotBeWritten_ArmIsStoppedButNotReset()
    {
        var file = Path.Combine(_folder.FullName, "sealed", "audit.jsonl");
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "sealed"), "a file where a folder should be");
        await using var server = await DivlaServer.StartAsync(TestServer.Options with { AuditFile = file }, CancellationToken.None);
        var (robot, _) = await WireRobot.OpenAsync(server, "unaudited");
        using var disposing = robot;
        var operations = new OperationsClient(robot.Channel);
        var arm = new Wire.Arms { RobotId = "unaudited" };
        var stopped = (await operations.EmergencyStopAsync(new Wire.EmergencyStopRequest { Arms = arm, Who = "anna" }, CancellationToken.None)).Arms.Single();
        var refused = await Assert.ThrowsAsync<RpcException>(() => operations.ResetAsync(new Wire.ResetRequest { Arms = arm, Who = "anna" }, CancellationToken.None));
        var still = await robot.NextActionAsync(action => action.Tick >= stopped.Tick + 5);
        File.Delete(Path.Combine(_folder.FullName, "sealed"));
        var reset = await operations.ResetAsync(new Wire.ResetRequest { Arms = arm, Who = "anna" }, CancellationToken.None);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(stopped.AlreadyStopped, Is.False);
            Assert.That(refused!.StatusCode, Is.EqualTo(StatusCode.Unavailable));
            Assert.That(refused.Status.Detail, Does.StartWith("no arm moves again without a line in the audit log").And.Contain(file));
            Assert.That(still.State, Is.EqualTo(Wire.LadderState.Stopped));
            Assert.That(reset.RobotIds, Is.EqualTo(["unaudited"]));
            Assert.That((await File.ReadAllLinesAsync(file)).Single(), Does.Contain("\"reset\"").And.Contain("\"OK\""));
        }
    }

    // A log that is rotated away by its path is begun anew.
    [Test]
    public async Task File_IsMovedAway_AnotherOneIsBegun()
    {
        var file = Path.Combine(_folder.FullName, "audit.jsonl");
        using var audit = new AuditLog(TestServer.Options with { AuditFile = file }, NullLogger<AuditLog>.Instance);
        await audit.WriteAsync(Entry());
        File.Move(file, file + ".1");
        await audit.WriteAsync(Entry());
        Assert.That(new[] { file, file + ".1" }.Select(path => File.ReadAllLines(path).Length), Is.All.EqualTo(1));
    }

    private static AuditEntry Entry() => new(AuditEntry.Stop, "all arms", ["arm"], "anna", "", "OK", "", "ipv4:127.0.0.1:1");

    private static string? Text(JsonElement line, string name) => line.GetProperty(name).GetString();

    private static async Task RefusedAsync(Task call) => await Assert.ThatAsync(() => call, Throws.InstanceOf<RpcException>());
}
