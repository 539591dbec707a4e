using System.Runtime.InteropServices;

namespace DiVLA.Control.ModelBuilder.Bundles;

/// <summary>A folder that is written out of sight and then takes its destination's place in one step.</summary>
internal sealed partial class DirectorySwap : IDisposable
{
    private const int CurrentDirectory = -100; // AT_FDCWD
    private const uint Exchange = 2; // RENAME_EXCHANGE

    private readonly string _destination;

    /// <summary>Creates the new folder beside the destination: on the same volume, so that a rename is enough.</summary>
    public DirectorySwap(string destination)
    {
        _destination = Path.TrimEndingDirectorySeparator(Path.GetFullPath(destination));
        // Hidden: whoever looks through the parent must not take it for a finished one.
        NewDirectory = Path.Combine(Path.GetDirectoryName(_destination)!, $".{Path.GetFileName(_destination)}.{Guid.NewGuid():N}.tmp");
        Directory.CreateDirectory(NewDirectory);
    }

    /// <summary>Where to write.</summary>
    public string NewDirectory { get; }

    /// <summary>Puts the new folder in place. What was there before is deleted.</summary>
    public void Commit()
    {
        if (!Directory.Exists(_destination)) Directory.Move(NewDirectory, _destination);
        else if (!TryExchange()) MoveAside();
    }

    /// <summary>Removes what lies under the temporary name: the old folder after a commit, an unfinished one otherwise.</summary>
    public void Dispose()
    {
        if (Directory.Exists(NewDirectory)) Directory.Delete(NewDirectory, recursive: true);
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
