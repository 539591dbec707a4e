namespace DiVLA.Control.Client.Tests;

[TestFixture]
internal sealed class ReconnectBackoffTests
{
    [Test]
    public void Failures_FollowOneAnother_PausesDoubleUpToTheLongest()
    {
        var backoff = new ReconnectBackoff(TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(300));
        var pauses = Enumerable.Range(0, 5).Select(_ => backoff.Next().TotalMilliseconds);
        Assert.That(pauses, Is.EqualTo([50, 100, 200, 300, 300]));
    }

    [Test]
    public void Success_ComesBetween_PausesBeginAnew()
    {
        var backoff = new ReconnectBackoff(TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(300));
        backoff.Next();
        backoff.Next();
        backoff.Reset();
        Assert.That(backoff.Next().TotalMilliseconds, Is.EqualTo(50));
    }
}
