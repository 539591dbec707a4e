using System.Runtime.InteropServices;
using DiVLA.Control.Policy.Bundle;

namespace DiVLA.Control.ModelBuilder.Bundles;

/// <summary>Copies, links, sizes and hashes of a bundle's files. Weights may be hundreds of gigabytes: all of it is counted and can be cancelled.</summary>
internal static partial class BundleFiles
{
    private const int BlockBytes = 1 << 20;

    /// <summary>Copies a file to a place where there is none yet.</summary>
    /// <exception cref="OperationCanceledException">Cancelled on the way.</exception>
    public static void Copy(string from, string to, StepCounter steps)
    {
        using var source = new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
        using var target = new FileStream(to, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[BlockBytes];
        while (source.Read(block) is var count and > 0)
        {
            steps.Advance(count);
            target.Write(block.AsSpan(0, count));
        }
    }

    /// <summary>Gives a file a second name, which costs no space; copies it where that cannot be done. Symbolic links are followed first.</summary>
    /// <exception cref="OperationCanceledException">Cancelled on the way.</exception>
    public static void LinkOrCopy(string from, string to, StepCounter steps)
    {
        var file = RealPath.Of(from);
        if (!OperatingSystem.IsLinux() || Link(file, to) != 0) Copy(file, to, steps);
    }

    /// <summary>Every file under a folder but the manifest, by path.</summary>
    public static FileManifest[] Describe(string directory, StepCounter steps) =>
    [
        .. Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories)
            .Select(path => (Path: path, Name: Path.GetRelativePath(directory, path).Replace(Path.DirectorySeparatorChar, '/')))
            .Where(file => file.Name != PolicyManifest.FileName)
            .OrderBy(file => file.Name, StringComparer.Ordinal)
            .Select(file => new FileManifest(file.Name, new FileInfo(file.Path).Length, FileDigest.Sha256(file.Path, steps.Cancellation, steps.Advance))),
    ];

    /// <summary>Sizes of all files under a folder together. Unit: bytes.</summary>
    public static long TotalBytes(string directory) =>
        Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Sum(path => new FileInfo(path).Length);

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Link(string from, string to);
}
