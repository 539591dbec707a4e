using System.Globalization;

namespace DiVLA.Control.Datasets.Format;

/// <summary>Where files of a dataset lie, relative to it.</summary>
internal static class DatasetPaths
{
    public const string Data = "data/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet";
    public const string Video = "videos/{video_key}/chunk-{chunk_index:03d}/file-{file_index:03d}.mp4";
    public const string Episodes = "meta/episodes/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet";
    public const string Tasks = "meta/tasks.parquet";
    public const string Statistics = "meta/stats.json";

    /// <summary>Episodes that are being recorded; of no interest to readers.</summary>
    public const string Unfinished = ".unfinished";

    /// <summary>Fills in a template. Braces hold a name and, for numbers, a width: `{chunk_index:03d}`.</summary>
    public static string Fill(string template, FileLocation at, string videoKey = "") => template
        .Replace("{chunk_index:03d}", at.Chunk.ToString("000", CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("{file_index:03d}", at.File.ToString("000", CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("{video_key}", videoKey, StringComparison.Ordinal);
}

/// <summary>One of the numbered files of a kind.</summary>
/// <param name="Chunk">Folder.</param>
/// <param name="File">File in the folder.</param>
public readonly record struct FileLocation(int Chunk, int File)
{
    /// <summary>The next file, in the next folder where this one's is full.</summary>
    public FileLocation Next(int filesInChunk) => File + 1 < filesInChunk ? this with { File = File + 1 } : new FileLocation(Chunk + 1, 0);
}
