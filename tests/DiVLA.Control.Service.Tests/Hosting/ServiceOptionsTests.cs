using System.Net;
using DiVLA.Control.RealTime;

namespace DiVLA.Control.Service.Tests.Hosting;

[TestFixture]
internal sealed class ServiceOptionsTests
{
    private readonly ServiceOptions _good = new() { BundleDirectory = Path.GetTempPath() };

    [Test]
    public void Defaults_AreGood()
    {
        Assert.That(_good.Validate(), Is.Empty);
    }

    [TestCase("0.0.0.0")]
    [TestCase("192.168.1.5")]
    [TestCase("::")]
    public void Address_IsNotLoopback_IsRefusedAndSaysWhy(string address)
    {
        var errors = (_good with { GrpcEndpoint = new IPEndPoint(IPAddress.Parse(address), 5082) }).Validate();
        Assert.That(errors.Single(), Does.StartWith("GrpcEndpoint").And.Contain("TLS and authentication"));
    }

    [Test]
    public void Faults_AreMany_AllAreNamed()
    {
        var bad = new ServiceOptions
        {
            BundleDirectory = "/nowhere",
            HttpEndpoint = new IPEndPoint(IPAddress.Any, 80),
            RealTime = new RealTimeOptions { FifoPriority = 100 },
            Limits = new SessionLimits { MaxSessions = 0, OpenTimeout = TimeSpan.Zero },
        };
        Assert.That(bad.Validate().Select(error => error.Split(':')[0]), Is.EquivalentTo(
            ["HttpEndpoint", "BundleDirectory", "RealTime.FifoPriority", "Limits.MaxSessions", "Limits.OpenTimeout"]));
    }
}
