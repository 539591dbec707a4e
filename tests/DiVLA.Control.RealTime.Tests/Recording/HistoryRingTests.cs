namespace DiVLA.Control.RealTime.Tests;

internal sealed class HistoryRingTests
{
    [TestCase(0, new int[0])]
    [TestCase(3, new[] { 1, 2, 3 })]
    [TestCase(4, new[] { 1, 2, 3, 4 })]
    [TestCase(11, new[] { 8, 9, 10, 11 })]
    public void Snapshot_SomeWritten_HasTheLastOnesOldestFirst(int written, int[] expected)
    {
        var ring = new HistoryRing<int>(4);
        for (var value = 1; value <= written; value++)
            ring.WriteFromLoop(value);
        Assert.That(ring.Snapshot(), Is.EqualTo(expected));
    }

    [Test]
    public void Snapshot_WhileTheWriterWrites_HasWholeConsecutiveValues()
    {
        const int Snapshots = 500;
        var ring = new HistoryRing<Wide>(10_000);
        var isEnough = false;
        var writer = new Thread(() =>
        {
            for (long value = 0; !Volatile.Read(ref isEnough); value++)
                ring.WriteFromLoop(new Wide(value, value, value, value, value, value, value, value));
        });
        writer.Start();
        var faults = 0;
        for (var taken = 0; taken < Snapshots; taken++)
        {
            var values = ring.Snapshot();
            for (var index = 0; index < values.Length; index++)
                if (!values[index].IsWhole() || values[index].A != values[0].A + index) faults++;
        }
        Volatile.Write(ref isEnough, true);
        writer.Join();
        Assert.That(faults, Is.Zero);
    }

    private readonly record struct Wide(long A, long B, long C, long D, long E, long F, long G, long H)
    {
        public bool IsWhole() => A == B && A == C && A == D && A == E && A == F && A == G && A == H;
    }
}
