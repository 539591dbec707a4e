using DiVLA.Control.Policy.Bundle;

namespace DiVLA.Control.Cli;

/// <summary>Finds the bundle to serve.</summary>
internal static class BundleLocation
{
    /// <summary>Where the default bundle is, relative to a checkout or an installation.</summary>
    public const string Default = "models/divla-tiny";

    /// <summary>The folder that was asked for, or the default bundle in or above the working directory or the executable's folder.</summary>
    /// <exception cref="BundleNotFoundException">There is none.</exception>
    public static string Find(DirectoryInfo? wanted) => wanted is null
        ? FindDefault([Environment.CurrentDirectory, AppContext.BaseDirectory])
        : wanted.Exists ? wanted.FullName : throw new BundleNotFoundException($"There is no folder '{wanted.FullName}'.");

    internal static string FindDefault(IReadOnlyList<string> starts)
    {
        foreach (var start in starts)
            for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
                if (Path.Combine(folder.FullName, Default) is var bundle && File.Exists(Path.Combine(bundle, PolicyManifest.FileName)))
                    return bundle;
        throw new BundleNotFoundException($"No bundle in {Default} in or above {string.Join(" or ", starts.Select(start => $"'{start}'"))}. Give one with --bundle.");
    }
}

/// <summary>There is no bundle where one was looked for.</summary>
internal sealed class BundleNotFoundException(string message) : Exception(message);
