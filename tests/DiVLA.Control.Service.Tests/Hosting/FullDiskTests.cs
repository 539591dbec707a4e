using System.Text.Json;
using DiVLA.Control.Client;
using DiVLA.Control.Service.Records;
using Grpc.Core;
using Microsoft.Data.Sqlite;

namespace DiVLA.Control.Service.Tests.Hosting;

/// <summary>A service whose records, audit log and log are on a disk that is really full.</summary>
[TestFixture]
internal sealed class FullDiskTests
{
    private static readonly Wire.Arms Arm = new() { RobotId = "full-disk" };
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    [Test]
    public async Task Disk_IsFull_ArmIsDrivenAndStopped_LossIsCountedAndAllIsWrittenAgainWhenThereIsRoom()
    {
        using var disk = SmallDisk.Mount(mebibytes: 4);
        Wire.GetHealthResponse failing, stillFailing, well;
        Wire.StoppedArm stopped;
        Wire.Action held, released;
        Wire.SessionSummary summary;
        RpcException refused;
        List<Wire.Action> actions;
        await using (var server = await DivlaServer.StartAsync(Options(disk), CancellationToken.None))
        {
            var (robot, _) = await WireRobot.OpenAsync(server, Arm.RobotId);
            using var disposing = robot;
            var operations = new OperationsClient(robot.Channel);
            await UntilAsync(robot, operations, health => health.Records.TicksWritten > 0);
            disk.Fill();

            // :: The loop goes on, and what is lost is counted.
            failing = await UntilAsync(robot, operations, health => health.Records is { State: Wire.RecordsState.Failing, Lost: > 0 });

            // :: A stop stops. A reset, which could not be put on record, does not.
            stopped = (await operations.EmergencyStopAsync(Stop(), CancellationToken.None)).Arms.Single();
            refused = (await Assert.ThrowsAsync<RpcException>(() => operations.ResetAsync(Reset(), CancellationToken.None)))!;
            held = await robot.NextActionAsync(action => action.Tick > stopped.Tick + 10);
            stillFailing = await UntilAsync(robot, operations, health => health.LogLinesDropped > 0, () => operations.EmergencyStopAsync(Stop(), CancellationToken.None));

            // :: There is room: everything is as before.
            disk.MakeRoom();
            await UntilAsync(robot, operations, health => health.Records.State == Wire.RecordsState.Recording);
            await operations.ResetAsync(Reset(), CancellationToken.None);
            released = await robot.NextActionAsync(action => action.State != Wire.LadderState.Stopped && action.Tick > held.Tick);
            await robot.StopAsync();
            summary = await robot.SummaryAsync();
            well = await UntilAsync(robot: null, operations, health => health.Records.TicksWritten + health.Records.Lost == summary.Statistics.CommandsSent);
            actions = robot.Actions;
        }
        var audit = (await File.ReadAllLinesAsync(disk.PathOf("audit.jsonl"))).Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(actions.Select(action => action.Tick), Is.Ordered.Ascending.And.Unique);
            Assert.That(failing.Records.Fault, Does.StartWith(disk.PathOf("reasoning.db")));
            Assert.That(summary.Statistics.CommandsSent, Is.GreaterThan(ReasoningRecorder.QueuedTicks), "the arm was driven for longer than the record can wait");
            Assert.That((stopped.AlreadyStopped, stopped.Tick), Is.EqualTo((false, actions.First(action => action.State == Wire.LadderState.Stopped).Tick)));
            Assert.That(refused.StatusCode, Is.EqualTo(StatusCode.Unavailable));
            Assert.That(refused.Status.Detail, Does.Contain("audit log"));
            Assert.That(held.Reason, Is.EqualTo(Wire.LadderReason.EmergencyStop));
            Assert.That(stillFailing.Audit.Fault, Does.Contain("audit.jsonl"));
            Assert.That(stillFailing.Audit.Lost, Is.GreaterThanOrEqualTo(3), "the stop, the reset and its refusal");
            Assert.That(released.Tick, Is.GreaterThan(held.Tick));
            Assert.That((well.Records.Fault, well.Audit.Fault), Is.EqualTo(("", "")));
            Assert.That(TicksIn(disk.PathOf("reasoning.db")), Is.EqualTo(well.Records.TicksWritten));
            Assert.That(audit.Select(line => (line.GetProperty("action").GetString(), line.GetProperty("outcome").GetString())), Is.EqualTo([("reset", "OK")]));
        }
    }

    private static ServiceOptions Options(SmallDisk disk) => TestServer.Options with
    {
        Records = new RecordOptions { File = disk.PathOf("reasoning.db") },
        AuditFile = disk.PathOf("audit.jsonl"),
        Log = new LogOptions { Console = false, File = disk.PathOf("service-.log") },
    };

    private static Wire.EmergencyStopRequest Stop() => new() { Arms = Arm, Who = "anna", Reason = "test" };

    private static Wire.ResetRequest Reset() => new() { Arms = Arm, Who = "anna", Why = "test" };

    // The robot shows signs of life and takes what it is told, as one at work does.
    private static async Task<Wire.GetHealthResponse> UntilAsync(
        WireRobot? robot, OperationsClient operations, Func<Wire.GetHealthResponse, bool> isWanted, Func<Task>? meanwhile = null)
    {
        while (true)
        {
            var health = await operations.GetHealthAsync(CancellationToken.None);
            if (isWanted(health)) return health;
            if (meanwhile is not null) await meanwhile();
            if (robot is null) await Task.Delay(Pause);
            else await robot.NextActionAsync(_ => true);
        }
    }

    private static ulong TicksIn(string file)
    {
        using var database = new SqliteConnection($"Data Source={file};Mode=ReadOnly;Pooling=false");
        database.Open();
        using var count = new SqliteCommand("SELECT count(*) FROM ticks", database);
        return (ulong)(long)count.ExecuteScalar()!;
    }
}
