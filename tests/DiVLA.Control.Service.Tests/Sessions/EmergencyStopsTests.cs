using DiVLA.Control.Service.Sessions;

namespace DiVLA.Control.Service.Tests.Sessions;

[TestFixture]
internal sealed class EmergencyStopsTests
{
    private readonly EmergencyStops _stops = new();

    [Test]
    public void All_AreStopped_EveryRobotIs()
    {
        _stops.StopAll();
        Assert.That(_stops.IsStopped("whoever comes"), Is.True);
    }

    [Test]
    public void Robot_IsStopped_OthersAreNot()
    {
        _stops.Stop("a");
        Assert.That((_stops.IsStopped("a"), _stops.IsStopped("b")), Is.EqualTo((true, false)));
    }

    [Test]
    public void Robot_IsResetWhileAllAreStopped_StaysStopped()
    {
        _stops.StopAll();
        _stops.Stop("a");
        _stops.Reset("a");
        Assert.That(_stops.IsStopped("a"), Is.True);
    }

    [Test]
    public void Stop_ComesAfterAReset_ResetCanTell()
    {
        _stops.Stop("a");
        var asked = _stops.Asked;
        Assert.That((_stops.IsStoppedSince(asked, "a"), _stops.IsStoppedSince(asked, null)), Is.EqualTo((false, false)));
        _stops.Stop("b");
        Assert.That((_stops.IsStoppedSince(asked, "a"), _stops.IsStoppedSince(asked, "b"), _stops.IsStoppedSince(asked, null)), Is.EqualTo((false, true, true)));
        _stops.StopAll();
        Assert.That(_stops.IsStoppedSince(asked, "a"), Is.True);
    }

    [Test]
    public void All_AreReset_NoneIsStopped()
    {
        _stops.Stop("a");
        _stops.StopAll();
        Assert.That(_stops.ResetAll(), Is.EqualTo(["a"]));
        Assert.That((_stops.IsStopped("a"), _stops.AllStopped), Is.EqualTo((false, false)));
    }
}
