namespace DiVLA.Control.Policy.Bundle.Checks;

/// <summary>A bundle's folder. Paths in it are relative, with forward slashes, and never leave it.</summary>
internal sealed class BundleFolder
{
    public BundleFolder(string directory) => Root = Path.GetFullPath(directory);

    public string Root { get; }

    /// <summary>Full path of a file of the bundle.</summary>
    public string FullPath(string path) => Path.Combine(Root, path);

    /// <summary>True where a path is relative, plain and stays in the folder.</summary>
    public static bool IsPlain(string path) =>
        path.Length > 0
        && path.IndexOfAny(['\\', ':', '\0']) < 0
        && Array.TrueForAll(path.Split('/'), part => part is not ("" or "." or ".."));

    /// <summary>True where the path, or a folder on the way to it, is a symbolic link: what is behind it is not ours.</summary>
    public bool PassesLink(string path)
    {
        var parts = path.Split('/');
        var current = Root;
        foreach (var part in parts)
        {
            current = Path.Combine(current, part);
            if (new FileInfo(current).LinkTarget is not null) return true;
        }
        return false;
    }

    /// <summary>Path of a file that another one names relative to its own folder.</summary>
    public static string Beside(string path, string location)
    {
        var slash = path.LastIndexOf('/');
        return slash < 0 ? location : $"{path[..slash]}/{location}";
    }
}
