namespace DiVLA.Control.Policy.Bundle.Arms;

/// <summary>What a folder looks like from outside: changes whenever one of its files does.</summary>
internal readonly record struct FolderStamp(string Files)
{
    /// <summary>The stamp of a folder; of an empty one where it is gone meanwhile.</summary>
    public static FolderStamp Of(string directory)
    {
        try
        {
            var files = new DirectoryInfo(directory).EnumerateFileSystemInfos().OrderBy(file => file.Name, StringComparer.Ordinal);
            return new FolderStamp(string.Join('|', files.Select(file => $"{file.Name}:{(file as FileInfo)?.Length}:{file.LastWriteTimeUtc.Ticks}")));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new FolderStamp("");
        }
    }
}
