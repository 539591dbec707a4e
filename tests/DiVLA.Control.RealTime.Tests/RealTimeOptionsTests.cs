namespace DiVLA.Control.RealTime.Tests;

internal sealed class RealTimeOptionsTests
{
    [Test]
    public void Validate_Defaults_AreGood() => Assert.That(new RealTimeOptions().Validate(), Is.Empty);

    [Test]
    public void Validate_SeveralFaults_NamesAllOfThem()
    {
        var errors = new RealTimeOptions
        {
            ControlRateHz = double.NaN,
            FifoPriority = 100,
            CpuAffinity = -1,
            SpinBeforeDeadline = TimeSpan.FromMilliseconds(2),
            MaxTrajectoryAge = TimeSpan.Zero,
            MaxObservationAge = TimeSpan.FromSeconds(-1),
            LeaseTimeout = TimeSpan.FromHours(1),
            MaxConsecutiveFaults = 0,
            FlightRecorderTicks = 0,
            InterventionLogSize = 0,
            WarmUpTicks = 0,
        }.Validate();
        foreach (var name in new[]
        {
            "ControlRateHz", "FifoPriority", "CpuAffinity", "SpinBeforeDeadline", "MaxTrajectoryAge", "MaxObservationAge", "LeaseTimeout",
            "MaxConsecutiveFaults", "FlightRecorderTicks", "InterventionLogSize", "WarmUpTicks",
        })
            Assert.That(errors, Has.Some.StartsWith(name), name);
    }

    [Test]
    public void Validate_SpinOfMoreThanHalfAPeriod_IsRefused()
    {
        var options = new RealTimeOptions { ControlRateHz = 1000, SpinBeforeDeadline = TimeSpan.FromMicroseconds(501) };
        Assert.That(options.Validate(), Has.One.StartsWith("SpinBeforeDeadline"));
    }
}
