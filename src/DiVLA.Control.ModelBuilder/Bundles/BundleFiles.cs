using System.Security.Cryptography;
using System.Text;
using DiVLA.Control.Policy.Bundle;

namespace DiVLA.Control.ModelBuilder.Bundles;

/// <summary>Sizes and hashes of a bundle's files.</summary>
internal static class BundleFiles
{
    private const int RevisionDigits = 16;

    /// <summary>Every file under a folder but the manifest, by path.</summary>
    public static FileManifest[] Describe(string directory) =>
    [
        .. Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories)
            .Select(path => (Path: path, Name: Path.GetRelativePath(directory, path).Replace(Path.DirectorySeparatorChar, '/')))
            .Where(file => file.Name != PolicyManifest.FileName)
            .OrderBy(file => file.Name, StringComparer.Ordinal)
            .Select(file => new FileManifest(file.Name, new FileInfo(file.Path).Length, Hash(file.Path))),
    ];

    /// <summary>A name for exactly these contents: the start of a hash over all paths and hashes.</summary>
    public static string Revision(IEnumerable<FileManifest> files)
    {
        var listing = string.Concat(files.Select(file => $"{file.Sha256}  {file.Path}\n"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(listing)))[..RevisionDigits];
    }

    private static string Hash(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
