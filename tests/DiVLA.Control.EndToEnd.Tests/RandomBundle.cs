using DiVLA.Control.TestSupport;

namespace DiVLA.Control.EndToEnd.Tests;

/// <summary>A bundle of the default architecture with random weights, phrase slots and a presence head, shared by all tests: whatever does not need skill is tested on it.</summary>
[SetUpFixture]
internal sealed class RandomBundle
{
    private static string? _directory;

    public static string Directory => _directory ?? throw new InvalidOperationException("The bundle is built before the first test.");

    /// <summary>A copy that a test may damage.</summary>
    public static string Copy()
    {
        var copy = System.IO.Directory.CreateTempSubdirectory("divla-copy-").FullName;
        foreach (var file in System.IO.Directory.EnumerateFiles(Directory, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(copy, Path.GetRelativePath(Directory, file));
            System.IO.Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
        return copy;
    }

    [OneTimeSetUp]
    public void Build()
    {
        _directory = Path.Combine(System.IO.Directory.CreateTempSubdirectory("divla-bundle-").FullName, "random");
        TestBundles.BuildRandom(_directory, seed: 7, TestConfigs.Steerable);
    }

    [OneTimeTearDown]
    public void Delete() => System.IO.Directory.Delete(Path.GetDirectoryName(Directory)!, recursive: true);
}
