namespace DiVLA.Control.TestSupport;

/// <summary>The checkout that the tests were built from.</summary>
public static class Checkout
{
    /// <summary>Folder of DiVLA.Control.sln.</summary>
    public static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    /// <summary>The default bundle.</summary>
    public static string DefaultBundle => Path.Combine(Root, "models", "divla-tiny");

    private static string FindRoot(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "DiVLA.Control.sln"))) return folder.FullName;
        throw new DirectoryNotFoundException($"No DiVLA.Control.sln in or above {start}.");
    }
}
