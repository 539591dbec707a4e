using System.Security.Cryptography;
using System.Text;
using DiVLA.Control.Policy.Bundle;

namespace DiVLA.Control.ModelBuilder.Bundles;

/// <summary>Copies, sizes and hashes of a bundle's files. Weights may be hundreds of gigabytes, so copying and hashing can be cancelled.</summary>
internal static class BundleFiles
{
    private const int RevisionDigits = 16;
    private const int BlockBytes = 1 << 20;

    /// <summary>Copies a file to a place where there is none yet.</summary>
    /// <exception cref="OperationCanceledException">Cancelled on the way.</exception>
    public static void Copy(string from, string to, CancellationToken cancellation)
    {
        using var source = new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
        using var target = new FileStream(to, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[BlockBytes];
        while (source.Read(block) is var count and > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            target.Write(block.AsSpan(0, count));
        }
    }

    /// <summary>Every file under a folder but the manifest, by path.</summary>
    public static FileManifest[] Describe(string directory, CancellationToken cancellation) =>
    [
        .. Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories)
            .Select(path => (Path: path, Name: Path.GetRelativePath(directory, path).Replace(Path.DirectorySeparatorChar, '/')))
            .Where(file => file.Name != PolicyManifest.FileName)
            .OrderBy(file => file.Name, StringComparer.Ordinal)
            .Select(file => new FileManifest(file.Name, new FileInfo(file.Path).Length, FileDigest.Sha256(file.Path, cancellation))),
    ];

    /// <summary>A name for exactly these contents: the start of a hash over all paths and hashes.</summary>
    public static string Revision(IEnumerable<FileManifest> files)
    {
        var listing = string.Concat(files.Select(file => $"{file.Sha256}  {file.Path}\n"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(listing)))[..RevisionDigits];
    }
}
