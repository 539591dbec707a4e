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

    /// <summary>Folder of the bundle with phrase slots and a presence head.</summary>
    public static string SteerableDirectory => Path.Combine(_root, "steerable");

    /// <summary>Whatever a random presence head says of an object, it counts as seen.</summary>
    public static SceneOptions SeesEverything { get; } = new() { Threshold = 1e-9 };

    /// <summary>Whatever a random presence head says of an object, it does not count as seen.</summary>
    public static SceneOptions SeesNothing { get; } = new() { Threshold = 1 - 1e-9 };

    /// <summary>The bundle, loaded with checks that random weights can pass.</summary>
    public static PolicyBundle Loaded { get; private set; } = null!;

    /// <summary>Another one, with phrase slots and a presence head.</summary>
    public static PolicyBundle Steerable { get; private set; } = null!;

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
        TestBundles.BuildRandom(SteerableDirectory, seed: 8, TestConfigs.Steerable);
        Steerable = PolicyBundle.Load(SteerableDirectory, Lenient with { Scene = SeesEverything });
    }

    [OneTimeTearDown]
    public void Delete()
    {
        Loaded.Dispose();
        Steerable.Dispose();
        System.IO.Directory.Delete(_root, recursive: true);
    }
}
