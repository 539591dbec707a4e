using System.Runtime.InteropServices;
using DiVLA.Control.Policy.Bundle;

namespace DiVLA.Control.ModelBuilder.Bundles;

/// <summary>A folder that is written out of sight and then takes its destination's place in one step.</summary>
internal sealed partial class DirectorySwap : IDisposable
{
    private const int CurrentDirectory = -100; // AT_FDCWD
    private const uint Exchange = 2; // RENAME_EXCHANGE

    // What people say about a bundle is theirs, not the build's.
    private const string KeptFileName = "README.md";

    private readonly string _destination;
    private readonly string? _newParent;

    /// <summary>Creates the new folder beside the destination: on the same volume, so that a rename is enough.</summary>
    public DirectorySwap(string destination)
    {
        _destination = Path.TrimEndingDirectorySeparator(Path.GetFullPath(destination));
        _newParent = FirstMissing(Path.GetDirectoryName(_destination));
        // Hidden: whoever looks through the parent must not take it for a finished one.
        NewDirectory = Path.Combine(Path.GetDirectoryName(_destination)!, $".{Path.GetFileName(_destination)}.{Guid.NewGuid():N}.tmp");
        Directory.CreateDirectory(NewDirectory);
    }

    /// <summary>Refuses a destination that holds something else than a bundle: it would be deleted.</summary>
    /// <exception cref="ModelBuildException">It is a file, or a folder with other things in it.</exception>
    public static void RequireReplaceable(string destination)
    {
        var isFree = !Directory.Exists(destination) || !Directory.EnumerateFileSystemEntries(destination).Any();
        if (File.Exists(destination)) throw new ModelBuildException([$"{destination}: is a file; name a folder for the bundle."]);
        if (!isFree && !File.Exists(Path.Combine(destination, PolicyManifest.FileName)))
            throw new ModelBuildException([$"{destination}: is not empty and holds no bundle ({PolicyManifest.FileName}); name another folder, or empty this one."]);
    }

    /// <summary>Where to write.</summary>
    public string NewDirectory { get; }

    /// <summary>Puts the new folder in place. What was there before is deleted, but for its README.md.</summary>
    public void Commit()
    {
        var kept = Path.Combine(_destination, KeptFileName);
        if (File.Exists(kept)) File.Copy(kept, Path.Combine(NewDirectory, KeptFileName));
        if (!Directory.Exists(_destination)) Directory.Move(NewDirectory, _destination);
        else if (!TryExchange()) MoveAside();
    }

    /// <summary>Removes what lies under the temporary name: the old folder after a commit, an unfinished one otherwise, with folders that were made for it.</summary>
    public void Dispose()
    {
        if (Directory.Exists(NewDirectory)) Directory.Delete(NewDirectory, recursive: true);
        for (var parent = Path.GetDirectoryName(_destination); _newParent is not null && IsEmptyWithin(parent); parent = Path.GetDirectoryName(parent))
            Directory.Delete(parent!);
    }

    private bool IsEmptyWithin(string? folder) =>
        folder is not null && folder.StartsWith(_newParent!, StringComparison.Ordinal) && !Directory.EnumerateFileSystemEntries(folder).Any();

    private static string? FirstMissing(string? folder)
    {
        string? missing = null;
        for (; folder is not null && !Directory.Exists(folder); folder = Path.GetDirectoryName(folder)) missing = folder;
        return missing;
    }

    // Linux can exchange two names at once: there is no instant without a bundle.
    private bool TryExchange() =>
        OperatingSystem.IsLinux() && RenameAt2(CurrentDirectory, NewDirectory, CurrentDirectory, _destination, Exchange) == 0;

    // Elsewhere, and on file systems that cannot exchange, there is such an instant, but never a bundle of both.
    private void MoveAside()
    {
        var old = $"{NewDirectory}.old";
        Directory.Move(_destination, old);
        try
        {
            Directory.Move(NewDirectory, _destination);
        }
        catch
        {
            Directory.Move(old, _destination);
            throw;
        }
        Directory.Delete(old, recursive: true);
    }

    [LibraryImport("libc", EntryPoint = "renameat2", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int RenameAt2(int oldDirectory, string oldPath, int newDirectory, string newPath, uint flags);
}
