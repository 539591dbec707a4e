using DiVLA.Control.Service.Telemetry;

namespace DiVLA.Control.Service.Tests.Telemetry;

[TestFixture]
internal sealed class TickTraceQueueTests
{
    private readonly TickTraceQueue _queue = new();

    [Test]
    public void Traces_ComeOut_InTheirOrder()
    {
        for (var round = 0; round < 3; round++)
        {
            for (var tick = 0; tick < TickTraceQueue.Capacity; tick++) _queue.AddFromEgress(new TickTrace { Tick = tick });
            for (var tick = 0; tick < TickTraceQueue.Capacity; tick++)
            {
                Assert.That(_queue.TryTakeFromExporter(out var trace), Is.True);
                Assert.That(trace.Tick, Is.EqualTo(tick));
            }
        }
        Assert.That(_queue.TryTakeFromExporter(out _), Is.False);
        Assert.That(_queue.Dropped, Is.Zero);
    }

    [Test]
    public void Nobody_Takes_OldestStayAndLostOnesAreCounted()
    {
        const int Lost = 5;
        for (var tick = 0; tick < TickTraceQueue.Capacity + Lost; tick++) _queue.AddFromEgress(new TickTrace { Tick = tick });
        Assert.That(_queue.Dropped, Is.EqualTo(Lost));
        Assert.That(_queue.TryTakeFromExporter(out var oldest), Is.True);
        Assert.That(oldest.Tick, Is.Zero);
    }

    [Test]
    public void Writer_Adds_AllocatesNothing()
    {
        var trace = new TickTrace { Tick = 1 };
        _queue.AddFromEgress(trace);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var tick = 0; tick < 2 * TickTraceQueue.Capacity; tick++) _queue.AddFromEgress(trace);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    [Test]
    public async Task Writer_AndReaderAreTwoThreads_EveryTraceIsWholeAndCountedOnce()
    {
        const int Traces = 200_000;
        var writing = Task.Run(() =>
        {
            for (var tick = 1; tick <= Traces; tick++) _queue.AddFromEgress(new TickTrace { Tick = tick, PhraseId = tick });
        });
        var (taken, last) = (0, 0L);
        while (!writing.IsCompleted || taken + _queue.Dropped < Traces)
        {
            if (!_queue.TryTakeFromExporter(out var trace)) continue;
            Assert.That(trace.PhraseId, Is.EqualTo(trace.Tick));
            Assert.That(trace.Tick, Is.GreaterThan(last));
            (taken, last) = (taken + 1, trace.Tick);
        }
        await writing;
        Assert.That(taken + _queue.Dropped, Is.EqualTo(Traces));
    }
}
