using System.Text.Json;
using DiVLA.Control.Policy.Bundle;

namespace DiVLA.Control.ModelBuilder.Bundles;

/// <summary>Arms that were put beside those of a bundle's manifest. They belong to the latent space, not to the policy: a new policy that speaks the same latent drives them as they are.</summary>
internal static class AddedArms
{
    /// <summary>Names of the arms in a bundle's folder that a manifest does not list.</summary>
    public static string[] Names(string bundle, PolicyManifest manifest)
    {
        var folder = new DirectoryInfo(Path.Combine(bundle, EmbodimentPaths.Folder));
        var names = folder.Exists ? folder.EnumerateDirectories().Select(arm => arm.Name).Where(name => !name.StartsWith('.')) : [];
        return [.. names.Except(manifest.Embodiments.Select(embodiment => embodiment.Name)).Order(StringComparer.Ordinal)];
    }

    /// <summary>Copies the arms that were added to a bundle into the one that replaces it, but for those that the new one has of its own. What does not fit it shows when it is verified.</summary>
    /// <param name="old">Folder of the bundle that is replaced; there need not be one.</param>
    /// <param name="directory">Folder of the new bundle.</param>
    /// <param name="manifest">Of the new bundle.</param>
    /// <param name="steps">Counts what is copied.</param>
    /// <exception cref="OperationCanceledException">Cancelled on the way.</exception>
    public static void Carry(string old, string directory, PolicyManifest manifest, StepCounter steps)
    {
        var listed = Listed(old);
        foreach (var name in Names(old, manifest).Except(listed))
        {
            var target = Directory.CreateDirectory(Path.Combine(directory, EmbodimentPaths.Folder, name)).FullName;
            foreach (var file in Directory.EnumerateFiles(Path.Combine(old, EmbodimentPaths.Folder, name)))
                BundleFiles.Copy(file, Path.Combine(target, Path.GetFileName(file)), steps);
        }
    }

    // Arms that the old manifest lists are that bundle's own, and go with it. A manifest that cannot be read lists none.
    private static string[] Listed(string bundle)
    {
        var file = Path.Combine(bundle, PolicyManifest.FileName);
        if (!File.Exists(file)) return [];
        try
        {
            return [.. JsonSerializer.Deserialize<PolicyManifest>(File.ReadAllText(file), PolicyManifest.JsonOptions)?.Embodiments.Select(embodiment => embodiment.Name) ?? []];
        }
        catch (JsonException)
        {
            return [];
        }
    }
}
