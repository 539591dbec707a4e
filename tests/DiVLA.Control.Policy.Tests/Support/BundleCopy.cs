using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using DiVLA.Control.Policy.Bundle;

namespace DiVLA.Control.Policy.Tests;

/// <summary>A copy of the shared bundle that a test may damage.</summary>
internal sealed class BundleCopy : IDisposable
{
    public BundleCopy()
    {
        Directory = System.IO.Directory.CreateTempSubdirectory("divla-bundle-copy-").FullName;
        foreach (var file in System.IO.Directory.EnumerateFiles(SharedBundles.Directory, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(Directory, Path.GetRelativePath(SharedBundles.Directory, file));
            System.IO.Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    public string Directory { get; }

    public string PathOf(string path) => Path.Combine(Directory, path);

    public IReadOnlyList<BundleFault> Verify() => PolicyBundle.Verify(Directory, SharedBundles.Lenient);

    /// <summary>Changes a JSON file; the digests in policy.json follow, so that only the change itself is wrong.</summary>
    public void Edit(string path, Action<JsonNode> change)
    {
        var node = JsonNode.Parse(File.ReadAllText(PathOf(path)))!;
        change(node);
        File.WriteAllText(PathOf(path), node.ToJsonString());
        if (path != PolicyManifest.FileName) Sign(path);
        else Seal(node);
    }

    // A manifest that cannot be read has no revision to seal it with.
    private void Seal(JsonNode node)
    {
        try
        {
            if (node.Deserialize<PolicyManifest>(PolicyManifest.JsonOptions) is not { } manifest) return;
            node["revision"] = manifest.ComputeRevision();
            File.WriteAllText(PathOf(PolicyManifest.FileName), node.ToJsonString());
        }
        catch (JsonException)
        {
            return;
        }
    }

    /// <summary>Changes bytes of a file in place.</summary>
    public void Patch(string path, Func<byte[], byte[]> change) => File.WriteAllBytes(PathOf(path), change(File.ReadAllBytes(PathOf(path))));

    /// <summary>Writes a file's size and digest into policy.json.</summary>
    public void Sign(string path) => Edit(PolicyManifest.FileName, manifest =>
    {
        var entry = manifest["files"]!.AsArray().Single(file => (string)file!["path"]! == path)!;
        var bytes = File.ReadAllBytes(PathOf(path));
        entry["bytes"] = bytes.Length;
        entry["sha256"] = Convert.ToHexStringLower(SHA256.HashData(bytes));
    });

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);
}
