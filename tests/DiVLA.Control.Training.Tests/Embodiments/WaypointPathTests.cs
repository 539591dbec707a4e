using DiVLA.Control.Robot;
using DiVLA.Control.Simulator;
using DiVLA.Control.Simulator.World;
using DiVLA.Control.Training.Embodiments;

namespace DiVLA.Control.Training.Tests.Embodiments;

[TestFixture]
internal sealed class WaypointPathTests
{
    private const double TopSpeed = 0.35;
    private const double TopAcceleration = 1;
    private const double Step = 1e-3;
    private const double Seconds = 30;

    private readonly WaypointPath _path = new(new SplitMix64(9), Seconds, TopSpeed, TopAcceleration);

    [Test]
    public void At_AnyTime_IsNoFasterThanAsked()
    {
        for (var time = 0.0; time < Seconds; time += Step)
            Assert.That(Velocity(time).Length, Is.LessThan(TopSpeed * 1.001), $"at {time} s");
    }

    [Test]
    public void At_AnyTime_AcceleratesNoMoreThanAsked()
    {
        for (var time = 0.0; time < Seconds; time += Step)
            Assert.That((Velocity(time + Step) - Velocity(time)).Length, Is.LessThan(TopAcceleration * 1.01 * Step), $"at {time} s");
    }

    [Test]
    public void At_TheBeginning_StandsStill() => Assert.That(Velocity(0).Length, Is.LessThan(1e-3));

    [Test]
    public void At_AnyTime_IsOverTableOrBinsWithTheToolDown()
    {
        for (var time = 0.0; time < Seconds; time += 0.01)
        {
            var pose = _path.At(time);
            Assert.That(pose.Origin.Z, Is.InRange(0.02, 0.26));
            Assert.That(pose.Origin.X, Is.InRange(TableLayout.NearestX, TableLayout.FarthestX));
            Assert.That(pose.AxisZ.Z, Is.LessThan(-0.98));
        }
    }

    // A drive that goes nowhere would meet no limit.
    [Test]
    public void At_AllTimes_CoversTheTable()
    {
        Vector3d[] places = [.. Enumerable.Range(0, (int)Seconds * 10).Select(tenth => _path.At(tenth / 10.0).Origin)];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(places.Max(place => place.X) - places.Min(place => place.X), Is.GreaterThan(0.1));
            Assert.That(places.Max(place => place.Y), Is.GreaterThan(0.2));
            Assert.That(places.Min(place => place.Y), Is.LessThan(-0.2));
            Assert.That(places.Max(place => place.Z) - places.Min(place => place.Z), Is.GreaterThan(0.15));
        }
    }

    private Vector3d Velocity(double time) => (_path.At(time + Step).Origin - _path.At(time).Origin) * (1 / Step);
}
