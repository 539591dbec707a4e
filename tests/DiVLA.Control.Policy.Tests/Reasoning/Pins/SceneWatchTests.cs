using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Reasoning;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Policy.Tests.Reasoning.Pins;

[TestFixture]
internal sealed class SceneWatchTests
{
    private const string Kind = "blue cube";
    private static readonly SceneManifest Kinds = new("front", ["red cube", Kind]);

    [Test]
    public void Sees_FirstPicture_AtOnce()
    {
        var watch = new SceneWatch(Kinds, new SceneOptions());
        See(watch, 0, 0.9f);
        Assert.That((watch.Sees(Kind), watch.Sees("red cube"), watch.Sees("sphere")), Is.EqualTo((true, false, false)));
    }

    [TestCase(900, ExpectedResult = true)]
    [TestCase(1400, ExpectedResult = false)]
    public bool Sees_ObjectBehindTheArm_ForAboutASecond(int hiddenMs)
    {
        var watch = new SceneWatch(Kinds, new SceneOptions());
        for (var at = 0; at < 500; at += 12) See(watch, at, 0.9f);
        for (var at = 500; at < 500 + hiddenMs; at += 12) See(watch, at, 0.01f);
        return watch.Sees(Kind);
    }

    [Test]
    public void Sees_OnePicturesFlicker_CountsForNothing()
    {
        var watch = new SceneWatch(Kinds, new SceneOptions());
        for (var at = 0; at < 500; at += 12) See(watch, at, at == 252 ? 1f : 0.02f);
        Assert.That(watch.Sees(Kind), Is.False);
    }

    [Test]
    public void Sees_HigherThreshold_NeedsMore()
    {
        var watch = new SceneWatch(Kinds, new SceneOptions { Threshold = 0.95 });
        See(watch, 0, 0.9f);
        Assert.That(watch.Sees(Kind), Is.False);
    }

    [Test]
    public void Watch_WithoutAPresenceHead_CannotLook()
    {
        var watch = new SceneWatch(null, new SceneOptions());
        watch.SeeFromPolicyThread([], new MonotonicTime(1), isHolding: true);
        Assert.That((watch.CanLook, watch.IsHolding, watch.Sees(Kind)), Is.EqualTo((false, true, false)));
    }

    [TestCase(0.0, 1, 1)]
    [TestCase(1.0, 1, 1)]
    [TestCase(double.NaN, 1, 1)]
    [TestCase(0.5, 0, 1)]
    [TestCase(0.5, 1, -1)]
    public void Validate_OptionOutOfRange_IsNamed(double threshold, int smoothing, int memory)
    {
        var options = new SceneOptions { Threshold = threshold, Smoothing = TimeSpan.FromSeconds(smoothing), Memory = TimeSpan.FromSeconds(memory) };
        Assert.That(new PolicyOptions { Scene = options }.Validate(), Has.Count.EqualTo(1).And.All.StartWith("Scene."));
    }

    private static void See(SceneWatch watch, int atMs, float presence) =>
        watch.SeeFromPolicyThread([0.1f, presence], new MonotonicTime(atMs * 1_000_000L), isHolding: false);
}
