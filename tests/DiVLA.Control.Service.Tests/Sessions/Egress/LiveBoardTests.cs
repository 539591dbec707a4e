using DiVLA.Control.Service.Sessions;

namespace DiVLA.Control.Service.Tests.Sessions.Egress;

[TestFixture]
internal sealed class LiveBoardTests
{
    private readonly LiveBoard<Wire.Phrase> _board = new(new Wire.Phrase(), maxWatchers: 2);

    [Test]
    public async Task Watch_BeginsWithWhatIsTrueNow_AndEndsWithTheSession()
    {
        _board.ShowFromEgress(Phrase(1));
        using var watch = _board.TryWatch()!;
        _board.ShowFromEgress(Phrase(2));
        _board.Close();
        Assert.That(await ReadAsync(watch), Is.EqualTo([1, 2]));
    }

    [Test]
    public async Task Reader_IsSlow_MissesTheOldestAndIsTold()
    {
        using var watch = _board.TryWatch()!;
        for (ulong id = 1; id <= 100; id++) _board.ShowFromEgress(Phrase(id));
        _board.Close();
        var skipped = watch.TakeSkipped();
        var read = await ReadAsync(watch);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(skipped, Is.EqualTo(101 - read.Count));
            Assert.That(read[^1], Is.EqualTo(100));
        }
    }

    [Test]
    public void Readers_AreAsManyAsAllowed_NoFurtherOneIsLetIn()
    {
        using var first = _board.TryWatch();
        using (_board.TryWatch()) Assert.That(_board.TryWatch(), Is.Null);
        using var again = _board.TryWatch();
        Assert.That(again, Is.Not.Null);
    }

    private static Wire.Phrase Phrase(ulong id) => new() { PhraseId = id };

    private static async Task<List<ulong>> ReadAsync(LiveBoard<Wire.Phrase>.Watch watch)
    {
        var read = new List<ulong>();
        await foreach (var phrase in watch.ReadAllAsync(CancellationToken.None)) read.Add(phrase.PhraseId);
        return read;
    }
}
