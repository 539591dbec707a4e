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
        const int Written = 2_000_000;
        var ring = new HistoryRing<Wide>(256);
        var writer = new Thread(() =>
        {
            for (long value = 0; value < Written; value++)
                ring.WriteFromLoop(new Wide(value, value, value, value, value, value, value, value));
        });
        writer.Start();
        var (faults, last) = (0, 0L);
        while (last < Written - 1)
        {
            var values = ring.Snapshot();
            for (var index = 0; index < values.Length; index++)
                if (!values[index].IsWhole() || values[index].A != values[0].A + index) faults++;
            if (values.Length > 0) last = values[^1].A;
        }
        writer.Join();
        Assert.That(faults, Is.Zero);
    }

    private readonly record struct Wide(long A, long B, long C, long D, long E, long F, long G, long H)
    {
        public bool IsWhole() => A == B && A == C && A == D && A == E && A == F && A == G && A == H;
    }
}
