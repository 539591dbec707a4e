using DiVLA.Control.Service.Sessions;
using Microsoft.Extensions.Time.Testing;

namespace DiVLA.Control.Service.Tests.Sessions;

[TestFixture]
internal sealed class RepeatedLinesTests
{
    private readonly FakeTimeProvider _clock = new();

    [Test]
    public void Line_Repeats_IsSaidOnceASecondWithItsCount()
    {
        var lines = new RepeatedLines(_clock);
        bool[] said = [lines.ShouldSay("a", out _), lines.ShouldSay("a", out _), lines.ShouldSay("a", out _)];
        _clock.Advance(TimeSpan.FromSeconds(1));
        var isSaidAgain = lines.ShouldSay("a", out var repeats);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(said, Is.EqualTo([true, false, false]));
            Assert.That((isSaidAgain, repeats), Is.EqualTo((true, 2L)));
        }
    }

    [Test]
    public void Lines_Differ_EachIsSaid()
    {
        var lines = new RepeatedLines(_clock);
        Assert.That((lines.ShouldSay(("a", 1), out _), lines.ShouldSay(("a", 2), out _)), Is.EqualTo((true, true)));
    }
}
