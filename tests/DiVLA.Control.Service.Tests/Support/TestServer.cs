using System.Net;
using DiVLA.Control.Policy;
using DiVLA.Control.RealTime;
using DiVLA.Control.TestSupport;

namespace DiVLA.Control.Service.Tests;

/// <summary>A bundle with random weights, built once, and a server that most tests share; robots have names of their own.</summary>
[SetUpFixture]
internal sealed class TestServer
{
    private static readonly DirectoryInfo _bundle = Directory.CreateTempSubdirectory("divla-bundle-");

    /// <summary>The shared one.</summary>
    public static DivlaServer Shared { get; private set; } = null!;

    /// <summary>Free ports, no log, and nothing that a shared build machine would notice.</summary>
    public static ServiceOptions Options => new()
    {
        BundleDirectory = _bundle.FullName,
        GrpcEndpoint = new IPEndPoint(IPAddress.Loopback, 0),
        HttpEndpoint = new IPEndPoint(IPAddress.Loopback, 0),
        Log = new LogOptions { Console = false },
        // Random weights want the tool anywhere; whether joints fit the latent is the policy's tests' business.
        Policy = new PolicyOptions
        {
            Embodiment = new EmbodimentCheckOptions
            {
                FirstSampleDistanceM = 100,
                LastSampleDistanceM = 100,
                FirstSampleAngleRad = 10,
                LastSampleAngleRad = 10,
                LatentMargin = 1e6,
            },
        },
        RealTime = new RealTimeOptions { FifoPriority = 0, LockMemory = false, SpinBeforeDeadline = TimeSpan.Zero },
        Limits = new SessionLimits { MaxObservationAge = TimeSpan.FromSeconds(10) },
    };

    [OneTimeSetUp]
    public static async Task StartAsync()
    {
        TestBundles.BuildRandom(_bundle.FullName, seed: 1);
        Shared = await DivlaServer.StartAsync(Options, CancellationToken.None);
    }

    [OneTimeTearDown]
    public static async Task StopAsync()
    {
        await Shared.DisposeAsync();
        _bundle.Delete(recursive: true);
    }
}
