using DiVLA.Control.Cli;

namespace DiVLA.Control.EndToEnd.Tests.Output;

[TestFixture]
internal sealed class RealTimeNoticeTests
{
    private readonly List<string> _lines = [];

    [SetUp]
    public void Forget() => _lines.Clear();

    [Test]
    public void Say_TheSameMeasureInEverySession_SaysItOnce()
    {
        var notice = new RealTimeNotice(_lines.Add);
        for (var session = 0; session < 3; session++) notice.Say(["MemoryLock: Refused", "FifoPriority: Refused"]);
        Assert.That(_lines, Has.Count.EqualTo(2).And.Some.Contains("MemoryLock: Refused").And.Some.Contains("FifoPriority: Refused"));
    }

    [Test]
    public void Say_NothingWasRefused_IsSilent()
    {
        new RealTimeNotice(_lines.Add).Say([]);
        Assert.That(_lines, Is.Empty);
    }
}
