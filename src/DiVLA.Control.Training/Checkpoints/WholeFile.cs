namespace DiVLA.Control.Training.Checkpoints;

/// <summary>Files that are there whole or not at all, whenever the process or the machine dies.</summary>
internal static class WholeFile
{
    /// <summary>Has a file written beside its place, flushes it to the disk and moves it there in one step.</summary>
    public static void Write(string path, Action<string> write)
    {
        var temporary = $"{path}.tmp";
        File.Delete(temporary);
        write(temporary);
        using (var handle = File.OpenHandle(temporary, FileMode.Open, FileAccess.ReadWrite)) RandomAccess.FlushToDisk(handle);
        File.Move(temporary, path, overwrite: true);
    }
}
