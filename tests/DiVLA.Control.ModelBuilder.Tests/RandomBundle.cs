using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.TestSupport;
using DiVLA.Control.ModelBuilder.Tests.Reference;

namespace DiVLA.Control.ModelBuilder.Tests;

/// <summary>Which configuration a fixture runs with.</summary>
public enum Shape
{
    Default,
    Odd,
}

/// <summary>A bundle in a temporary folder, with random weights.</summary>
internal sealed class RandomBundle : IDisposable
{
    public RandomBundle(ModelConfig config, int seed = 7)
    {
        Config = config;
        Folder = Directory.CreateTempSubdirectory("divla-bundle-").FullName;
        Manifest = TestBundles.BuildRandom(Folder, seed, config);
    }

    public static RandomBundle Of(Shape shape) => new(shape == Shape.Default ? TestConfigs.Default : TestConfigs.Odd);

    public ModelConfig Config { get; }

    public string Folder { get; }

    public PolicyManifest Manifest { get; }

    public GraphSession Session(GraphManifest graph) => new(Folder, graph);

    public ReferenceWeights Weights(string file = "model.safetensors") => new(Path.Combine(Folder, file));

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
