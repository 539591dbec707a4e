using DiVLA.Control.ModelBuilder.Bundles;

namespace DiVLA.Control.ModelBuilder.Tests.Bundles;

/// <summary>As the cache of a model hub lies: blobs beside snapshots, snapshots named by links.</summary>
internal sealed class RealPathTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void Create() => _folder = new TemporaryFolder();

    [TearDown]
    public void Delete() => _folder.Dispose();

    [Test]
    public void Of_LinkInALinkedFolder_IsRelativeToWhereItReallyLies()
    {
        Directory.CreateDirectory(_folder.File("cache/blobs"));
        Directory.CreateDirectory(_folder.File("cache/snapshots/abc"));
        File.WriteAllText(_folder.File("cache/blobs/0a1b"), "weights");
        File.CreateSymbolicLink(_folder.File("cache/snapshots/abc/model.safetensors"), "../../blobs/0a1b");
        Directory.CreateSymbolicLink(_folder.File("mine"), "cache/snapshots/abc");
        var real = RealPath.Of(Path.Combine(_folder.File("mine"), "model.safetensors"));
        Assert.That(real, Is.EqualTo(RealPath.Of(_folder.File("cache/blobs/0a1b"))));
        Assert.That(File.ReadAllText(real), Is.EqualTo("weights"));
    }

    [Test]
    public void Of_LinksInACircle_IsRefused()
    {
        File.CreateSymbolicLink(_folder.File("a"), "b");
        File.CreateSymbolicLink(_folder.File("b"), "a");
        Assert.That(() => RealPath.Of(_folder.File("a")), Throws.InstanceOf<IOException>().With.Message.Contains("circle"));
    }
}
