namespace DiVLA.Control.ModelBuilder.Bundles;

/// <summary>Where a path leads once every symbolic link on the way is followed, folders' too: a relative link is relative to the folder that it really lies in.</summary>
internal static class RealPath
{
    private const int MostLinks = 40;

    /// <summary>An absolute path without links. What does not exist is left as it is.</summary>
    /// <exception cref="IOException">Links lead in a circle.</exception>
    public static string Of(string path) => Follow(Path.GetFullPath(path), MostLinks);

    private static string Follow(string path, int links)
    {
        if (links == 0) throw new IOException($"{path}: symbolic links lead in a circle.");
        if (Path.GetDirectoryName(path) is not { } parent) return path;
        var real = Path.Combine(Follow(parent, links), Path.GetFileName(path));
        return new FileInfo(real).LinkTarget is { } target ? Follow(Path.GetFullPath(target, Path.GetDirectoryName(real)!), links - 1) : real;
    }
}
