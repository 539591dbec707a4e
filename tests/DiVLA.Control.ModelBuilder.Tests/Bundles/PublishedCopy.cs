using System.Text.Json.Nodes;
using DiVLA.Control.ModelBuilder.Bundles;
using DiVLA.Control.ModelBuilder.Tests.Checkpoints.Published;
using DiVLA.Control.TestSupport;
using DiVLA.Control.TestSupport.Published;

namespace DiVLA.Control.ModelBuilder.Tests.Bundles;

/// <summary>A copy of the golden checkpoint with a description of an arm, to be damaged and built.</summary>
internal sealed class PublishedCopy : IDisposable
{
    public const string FirstShard = "model-00001-of-00002.safetensors";
    public const string SecondShard = "model-00002-of-00002.safetensors";

    private readonly TemporaryFolder _root = new();

    public PublishedCopy() => Arm.Save(ArmFile);

    /// <summary>The checkpoint.</summary>
    public CheckpointCopy Checkpoint { get; } = new();

    public GoldenArm Arm { get; } = new(GoldenFolder.Own.FirstCase);

    /// <summary>Where bundle and description lie, and nothing else.</summary>
    public string Root => _root.Path;

    public string Bundle => _root.File("bundle");

    public string ArmFile => _root.File("arm.json");

    /// <summary>Changes the description of the arm.</summary>
    public void EditArm(Action<JsonNode> change)
    {
        var json = JsonNode.Parse(File.ReadAllText(ArmFile))!;
        change(json);
        File.WriteAllText(ArmFile, json.ToJsonString());
    }

    /// <summary>Builds.</summary>
    public BuiltBundle Build(Func<PublishedOptions, PublishedOptions>? change = null)
    {
        var options = new PublishedOptions { EmbodimentFile = ArmFile, PhraseTokens = 8 };
        return BundleBuilder.Build(new BuildRequest(Checkpoint.Folder, Bundle) { Published = change?.Invoke(options) ?? options });
    }

    /// <summary>Builds in vain, and leaves nothing.</summary>
    public IReadOnlyList<string> Faults(Func<PublishedOptions, PublishedOptions>? change = null)
    {
        var before = Directory.GetFileSystemEntries(Root);
        var faults = Assert.Throws<ModelBuildException>(() => Build(change))!.Faults;
        Assert.That(Directory.GetFileSystemEntries(Root), Is.EquivalentTo(before), "nothing half-written is left");
        return faults;
    }

    public void Dispose()
    {
        Checkpoint.Dispose();
        _root.Dispose();
    }
}
