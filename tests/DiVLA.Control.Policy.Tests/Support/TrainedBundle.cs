using System.Text.Json;
using System.Text.Json.Nodes;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.TestSupport;

namespace DiVLA.Control.Policy.Tests;

/// <summary>A copy of the repository's own bundle: it speaks the grammar of the simulator's phrases, whose slots are declared here.</summary>
internal sealed class TrainedBundle : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("divla-trained-").FullName;

    public TrainedBundle()
    {
        foreach (var file in Directory.EnumerateFiles(Checkout.DefaultBundle, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(_directory, Path.GetRelativePath(Checkout.DefaultBundle, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
        DeclareSlots();
        Loaded = PolicyBundle.Load(_directory, new PolicyOptions { RehearsalInferences = 0 });
    }

    public PolicyBundle Loaded { get; }

    public void Dispose()
    {
        Loaded.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private void DeclareSlots()
    {
        var path = Path.Combine(_directory, PolicyManifest.FileName);
        var manifest = JsonNode.Parse(File.ReadAllText(path))!;
        manifest["phrase_slots"] = new JsonArray(
            new JsonObject { ["name"] = "object", ["after"] = "target", ["words"] = 2 },
            new JsonObject { ["name"] = "bin", ["after"] = "put it in the", ["words"] = 1, ["values"] = new JsonArray("left", "right") });
        var declared = manifest.Deserialize<PolicyManifest>(PolicyManifest.JsonOptions)!;
        File.WriteAllText(path, (declared with { Revision = declared.ComputeRevision() }).ToJson());
    }
}
