using System.Runtime.InteropServices;
using DiVLA.Control.Policy.Onnx;
using DiVLA.Control.Policy.Onnx.Loading;

namespace DiVLA.Control.Policy.Tests.Onnx;

[TestFixture]
internal sealed class NativeRuntimeTests
{
    private string _folder;

    [SetUp]
    public void Create() => _folder = Directory.CreateTempSubdirectory("divla-native-").FullName;

    [TearDown]
    public void Delete() => Directory.Delete(_folder, recursive: true);

    private static string Restored => NativeRuntime.LoadedPath()!;

    [Test]
    public void LoadedPath_IsTheLibraryOfThisProcess()
    {
        Assert.That(SharedBundles.Loaded.Manifest, Is.Not.Null, "sessions are open");
        Assert.That(Path.GetFileName(Restored), Does.StartWith("libonnxruntime.so").Or.EqualTo("onnxruntime.dll").Or.StartWith("libonnxruntime."));
    }

    [Test]
    public void Load_AnyOfTheNames_GivesTheRestoredVersion([Range(0, 1)] int name)
    {
        if (name >= NativeRuntime.FileNames.Count) Assert.Ignore("One name is enough here.");
        var path = Path.Combine(_folder, NativeRuntime.FileNames[name]);
        File.CreateSymbolicLink(path, Restored);
        var (found, handle) = NativeRuntime.Load(_folder);
        Assert.That(found, Is.EqualTo(path));
        Assert.That(NativeRuntime.VersionOf(handle, found), Is.EqualTo(NativeRuntime.ManagedVersion));
        NativeLibrary.Free(handle);
    }

    [Test]
    public void Load_EmptyFolder_NamesWhatWasLookedFor() => Assert.That(
        () => NativeRuntime.Load(_folder),
        Throws.TypeOf<OnnxUnavailableException>().With.Message.Contains(_folder).And.Message.Contains(NativeRuntime.FileNames[0]).And.Message.Contains(NativeRuntime.FileNames[^1]));

    [Test]
    public void Load_NoLibrary_SaysSo()
    {
        File.WriteAllText(Path.Combine(_folder, NativeRuntime.FileNames[0]), "no library");
        Assert.That(() => NativeRuntime.Load(_folder), Throws.TypeOf<OnnxUnavailableException>().With.Message.Contains("cannot be loaded"));
    }

    [Test]
    public void Load_AnotherLibrary_SaysThatItIsNotOnnxRuntime()
    {
        var other = Directory.GetFiles(Path.GetDirectoryName(Restored)!, "*SkiaSharp*")[0];
        File.CreateSymbolicLink(Path.Combine(_folder, NativeRuntime.FileNames[0]), other);
        Assert.That(() => NativeRuntime.Load(_folder), Throws.TypeOf<OnnxUnavailableException>().With.Message.Contains("is not ONNX Runtime"));
    }

    [TestCase("1.31.0")]
    [TestCase("1.31.1")]
    [TestCase("1.31.9")]
    public void RequireVersion_SameRelease_Passes(string version) => Assert.That(() => NativeRuntime.RequireVersion(version, "lib"), Throws.Nothing);

    [TestCase("1.30.2")]
    [TestCase("1.3.1")]
    [TestCase("2.31.1")]
    [TestCase("")]
    public void RequireVersion_AnotherRelease_NamesBothAndTheFile(string version) => Assert.That(
        () => NativeRuntime.RequireVersion(version, "/lib/x.so"),
        Throws.TypeOf<OnnxUnavailableException>().With.Message.Contains("/lib/x.so").And.Message.Contains($"ONNX Runtime {version}").And.Message.Contains("1.31"));
}
