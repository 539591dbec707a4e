namespace DiVLA.Control.RealTime.Tests;

internal sealed class LoopStatisticsTests
{
    [Test]
    public void Snapshot_NothingRecorded_IsZero()
    {
        var snapshot = new LoopStatistics(1).Snapshot();
        Assert.That((snapshot.TicksDue, snapshot.CommandsSent, snapshot.Lateness.P99Us, snapshot.BytesAllocatedPerTick), Is.EqualTo((0, 0, 0.0, 0.0)));
    }

    [Test]
    public void Snapshot_SomeTicks_CountsStatesLatenessAndMisses()
    {
        var statistics = new LoopStatistics(1);
        statistics.RecordFromLoop(Record(LadderState.Fresh, 500), 1, 0);
        statistics.RecordFromLoop(Record(LadderState.Fresh, 1_000_000), 2, 0);
        statistics.RecordFromLoop(Record(LadderState.Reused, 1_000_001, skipped: 3), 6, 3);
        statistics.RecordFromLoop(Record(LadderState.Hold, 70_000_000_000, skipped: 1), 8, 4);
        statistics.RecordFromLoop(Record(LadderState.Stopped, 0), 9, 4);
        var snapshot = statistics.Snapshot();
        Assert.Multiple(() =>
        {
            Assert.That((snapshot.TicksDue, snapshot.CommandsSent, snapshot.Missed, snapshot.LongestMissedRun), Is.EqualTo((9, 5, 4, 3)));
            Assert.That((snapshot.Fresh, snapshot.Reused, snapshot.Hold, snapshot.Stopped), Is.EqualTo((2, 1, 1, 1)));
            Assert.That(snapshot.LateOver1Ms, Is.EqualTo(2));
            Assert.That(snapshot.Lateness.Count, Is.EqualTo(5));
            Assert.That(snapshot.Lateness.P50Us, Is.EqualTo(1000).Within(0.1).Percent);
            Assert.That(snapshot.Lateness.MaxUs, Is.EqualTo(60e6).Within(0.1).Percent, "What is later than the range counts as its end.");
            Assert.That(snapshot.TicksAfterWarmUp, Is.EqualTo(4));
        });
    }

    [Test]
    public void Snapshot_BytesAllocatedBetweenTicks_AreCountedAfterTheWarmUp()
    {
        var statistics = new LoopStatistics(2);
        for (var tick = 1; tick <= 12; tick++)
        {
            GC.KeepAlive(new byte[1000]);
            statistics.RecordFromLoop(Record(LadderState.Fresh, 1), tick, 0);
        }
        Assert.That(statistics.Snapshot().BytesAllocatedPerTick, Is.EqualTo(1024).Within(1));
    }

    [Test]
    public void Snapshot_WhileTheLoopRecords_IsOfOneInstant()
    {
        const int Ticks = 200;
        var statistics = new LoopStatistics(1);
        using var next = new SemaphoreSlim(0);
        var loop = new Thread(() =>
        {
            for (var tick = 1; tick <= Ticks; tick++)
            {
                for (var burst = 0; burst < 50; burst++)
                    statistics.RecordFromLoop(Record((LadderState)(burst % 4), burst), (tick - 1) * 100 + 2 * burst + 2, (tick - 1) * 50 + burst + 1);
                next.Wait();
            }
        });
        loop.Start();
        for (var tick = 1; tick <= Ticks; tick++)
        {
            var snapshot = statistics.Snapshot();
            Assert.That(snapshot.TicksDue, Is.EqualTo(snapshot.CommandsSent + snapshot.Missed));
            Assert.That(snapshot.CommandsSent, Is.EqualTo(snapshot.Fresh + snapshot.Reused + snapshot.Hold + snapshot.Stopped));
            Assert.That(snapshot.Lateness.Count, Is.EqualTo(snapshot.CommandsSent));
            next.Release();
        }
        loop.Join();
        Assert.That(statistics.Snapshot().CommandsSent, Is.EqualTo(Ticks * 50));
    }

    private static TickRecord Record(LadderState state, long latenessNs, long skipped = 0) => new(new TickCommand { State = state }, skipped, 0, latenessNs);
}
