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
