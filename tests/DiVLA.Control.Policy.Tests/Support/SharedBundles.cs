using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.TestSupport;

namespace DiVLA.Control.Policy.Tests;

/// <summary>One random bundle of the default sizes for all tests that only read it.</summary>
[SetUpFixture]
internal sealed class SharedBundles
{
    private static string _root = "";

    /// <summary>Folder of the bundle.</summary>
    public static string Directory => Path.Combine(_root, "random");

    /// <summary>The bundle, loaded with checks that random weights can pass.</summary>
    public static PolicyBundle Loaded { get; private set; } = null!;

    /// <summary>Random weights put the tool anywhere: only the finite survive these limits, as they should.</summary>
    public static PolicyOptions Lenient { get; } = new()
    {
        RehearsalInferences = 0,
        Embodiment = new EmbodimentCheckOptions
        {
            FirstSampleDistanceM = 10,
            LastSampleDistanceM = 10,
            FirstSampleAngleRad = 10,
            LastSampleAngleRad = 10,
            LatentMargin = 10,
        },
    };

    [OneTimeSetUp]
    public void Build()
    {
        _root = System.IO.Directory.CreateTempSubdirectory("divla-policy-tests-").FullName;
        TestBundles.BuildRandom(Directory, seed: 7);
        Loaded = PolicyBundle.Load(Directory, Lenient);
    }

    [OneTimeTearDown]
    public void Delete()
    {
        Loaded.Dispose();
        System.IO.Directory.Delete(_root, recursive: true);
    }
}
