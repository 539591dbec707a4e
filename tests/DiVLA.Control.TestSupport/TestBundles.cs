using DiVLA.Control.ModelBuilder;
using DiVLA.Control.ModelBuilder.Bundles;
using DiVLA.Control.Policy.Bundle;

namespace DiVLA.Control.TestSupport;

/// <summary>Bundles with random weights: right in every form, without any skill.</summary>
public static class TestBundles
{
    /// <summary>Builds a bundle of the default architecture into a folder.</summary>
    public static PolicyManifest BuildRandom(string directory, int seed) => BuildRandom(directory, seed, TestConfigs.Default);

    /// <summary>Builds a bundle of any configuration into a folder.</summary>
    public static PolicyManifest BuildRandom(string directory, int seed, ModelConfig config)
    {
        var checkpoint = Directory.CreateTempSubdirectory("divla-checkpoint-").FullName;
        try
        {
            RandomCheckpoint.Write(checkpoint, config, seed);
            return BundleBuilder.Build(new BuildRequest(checkpoint, directory)).Manifest;
        }
        finally
        {
            Directory.Delete(checkpoint, recursive: true);
        }
    }
}
