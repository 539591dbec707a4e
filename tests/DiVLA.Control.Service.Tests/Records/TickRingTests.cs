using DiVLA.Control.Service.Records;
using DiVLA.Control.TestSupport;

namespace DiVLA.Control.Service.Tests.Records;

[TestFixture]
internal sealed class TickRingTests
{
    private readonly TickRing _ring = new(8);

    [Test]
    public void Ticks_AreReadInOrder_UntilTheyAreReleased()
    {
        Add(0, 6);
        var before = Ticks();
        _ring.ReleaseFromWriter(4);
        Add(6, 3);
        Assert.That((before, Ticks()), Is.EqualTo((new long[] { 0, 1, 2, 3, 4, 5 }, new long[] { 4, 5, 6, 7, 8 })));
    }

    [Test]
    public void Writer_NeverComes_NewTicksAreLostAndCountedAndTheOldOnesStay()
    {
        Add(0, 1000);
        Assert.That((_ring.Count, _ring.Lost, _ring.PeekFromWriter(0).Command.TickIndex), Is.EqualTo((8, 992L, 0L)));
    }

    [Test]
    public void Release_LetsGo_OfThePhrases()
    {
        var phrase = TestPhrases.Create(1, "target red cube");
        for (var tick = 0; tick < 8; tick++) _ring.AddFromEgress(Sample.Command(tick), phrase, phrase);
        _ring.ReleaseFromWriter(8);
        for (var tick = 8; tick < 16; tick++) _ring.AddFromEgress(Sample.Command(tick), null, null);
        Assert.That(Enumerable.Range(0, 8).Select(index => _ring.PeekFromWriter(index).Steering), Is.All.Null);
    }

    [Test]
    public void Add_AllocatesNothing()
    {
        var phrase = TestPhrases.Create(1, "target red cube");
        var command = Sample.Command(1);
        _ring.AddFromEgress(command, phrase, phrase);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var tick = 0; tick < 100; tick++) _ring.AddFromEgress(command, phrase, phrase);
        Assert.That(GC.GetAllocatedBytesForCurrentThread(), Is.EqualTo(before));
    }

    private void Add(int first, int count)
    {
        for (var tick = first; tick < first + count; tick++) _ring.AddFromEgress(Sample.Command(tick), null, null);
    }

    private long[] Ticks() => [.. Enumerable.Range(0, _ring.Count).Select(index => _ring.PeekFromWriter(index).Command.TickIndex)];
}
