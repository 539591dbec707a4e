using System.Diagnostics;

namespace DiVLA.Control.Service.Tests;

/// <summary>A real file system of a few MiB, in memory, that a test may fill.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("divla-disk-");

    private SmallDisk()
    {
    }

    private string Filler => PathOf("filler");

    /// <summary>Mounts one. Only root may; for anybody else the test is skipped, and says so.</summary>
    public static SmallDisk Mount(int mebibytes)
    {
        var disk = new SmallDisk();
        var (exitCode, error) = Run("mount", "-t", "tmpfs", "-o", $"size={mebibytes}m", "tmpfs", disk._folder.FullName);
        if (exitCode == 0) return disk;
        disk._folder.Delete();
        throw new IgnoreException($"A full disk was NOT tried: this user may not mount a file system here (mount: {error.Trim()}). Run the tests as root.");
    }

    public string PathOf(string name) => Path.Combine(_folder.FullName, name);

    /// <summary>Takes all the room that is left.</summary>
    public void Fill()
    {
        var block = new byte[4096];
        using var filler = new FileStream(Filler, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true) filler.Write(block);
        }
        catch (IOException)
        {
            // Not one more block.
        }
    }

    /// <summary>Gives it back.</summary>
    public void MakeRoom() => File.Delete(Filler);

    public void Dispose()
    {
        // Lazily: what still has a file open must not keep the mount.
        var (exitCode, error) = Run("umount", "-l", _folder.FullName);
        Assert.That(exitCode, Is.Zero, error);
        _folder.Delete();
    }

    private static (int ExitCode, string Error) Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            var error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, error);
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            return (-1, missing.Message);
        }
    }
}
