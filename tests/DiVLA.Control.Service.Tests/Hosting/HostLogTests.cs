using System.Text.Json;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace DiVLA.Control.Service.Tests.Hosting;

[TestFixture]
internal sealed class HostLogTests
{
    [Test]
    public void Target_IsBlocked_SpeakersGoOnAndLostLinesAreCounted()
    {
        const int Lines = 2 * HostLog.QueuedLines;
        var backlog = new LogBacklog();
        using var target = new BlockedTarget();
        long whileBlocked;
        using (var log = new LoggerConfiguration().WriteTo.Queued(backlog, to => to.Sink(target)).CreateLogger())
        {
            for (var line = 0; line < Lines; line++) log.Information("line {Line}", line);
            whileBlocked = backlog.Dropped;
            target.Release();
        }
        using (Assert.EnterMultipleScope())
        {
            Assert.That(whileBlocked, Is.EqualTo(Lines - HostLog.QueuedLines).Within(1), "one line may be in the target's hands");
            Assert.That(target.Written + backlog.Dropped, Is.EqualTo(Lines));
        }
    }

    [Test]
    public void Target_CannotWrite_LinesAreCountedAndLaterOnesAreWritten()
    {
        var backlog = new LogBacklog();
        using var target = new FullTarget();
        using (var log = new LoggerConfiguration().WriteTo.Queued(backlog, to => to.Sink(target)).CreateLogger())
            for (var line = 0; line < 10; line++) log.Information("line {Line}", line);
        Assert.That((target.Written, backlog.Dropped), Is.EqualTo((6, 4)));
    }

    [Test]
    public void File_CannotBeOpened_LinesAreCounted()
    {
        var blocker = Path.GetTempFileName();
        var backlog = new LogBacklog();
        using (var log = new LoggerConfiguration().WriteTo.Queued(backlog, to => to.File(Path.Combine(blocker, "service-.log"), rollingInterval: RollingInterval.Day)).CreateLogger())
            for (var line = 0; line < 10; line++) log.Information("line {Line}", line);
        File.Delete(blocker);
        Assert.That(backlog.Dropped, Is.EqualTo(10));
    }

    [Test]
    public async Task Format_IsJson_LinesHaveTheirFieldsByThemselves()
    {
        var folder = Directory.CreateTempSubdirectory("divla-log-");
        var log = new LogOptions { Console = false, File = Path.Combine(folder.FullName, "service-.log"), Format = LogFormat.Json };
        string session;
        await using (var server = await DivlaServer.StartAsync(TestServer.Options with { Log = log }, CancellationToken.None))
        {
            var (robot, accepted) = await WireRobot.OpenAsync(server, "logged");
            using var disposing = robot;
            session = accepted.SessionId;
            await robot.NextActionAsync(action => action.Tick > 1);
            await robot.StopAsync();
            await robot.SummaryAsync();
        }
        var lines = File.ReadAllLines(Directory.GetFiles(folder.FullName, "service-*.log").Single()).Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        folder.Delete(recursive: true);
        var rest = lines.Single(line => line.GetProperty("@m").GetString()!.Contains("is brought to rest", StringComparison.Ordinal));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(rest.GetProperty("Session").GetString(), Is.EqualTo(session));
            Assert.That(rest.GetProperty("Robot").GetString(), Is.EqualTo("logged"));
            Assert.That(rest.GetProperty("Tick").GetInt64(), Is.Positive);
            Assert.That(rest.GetProperty("Reason").GetString(), Is.EqualTo("ControllerStop"));
        }
    }

    /// <summary>A disk that is full for the first lines.</summary>
    private sealed class FullTarget : ILogEventSink, IDisposable
    {
        private int _lines;

        public int Written { get; private set; }

        public void Emit(LogEvent logEvent)
        {
            if (_lines++ < 4) throw new IOException("No space left on device");
            Written++;
        }

        public void Dispose() => GC.SuppressFinalize(this);
    }

    /// <summary>A terminal that nobody reads, until it is released.</summary>
    private sealed class BlockedTarget : ILogEventSink, IDisposable
    {
        private readonly ManualResetEventSlim _released = new();

        public int Written { get; private set; }

        public void Release() => _released.Set();

        public void Emit(LogEvent logEvent)
        {
            _released.Wait();
            Written++;
        }

        public void Dispose() => _released.Dispose();
    }
}
