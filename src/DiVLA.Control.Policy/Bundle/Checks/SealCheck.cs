using DiVLA.Control.Robot;

namespace DiVLA.Control.Policy.Bundle.Checks;

/// <summary>Holds an arm's profile to its seal: nothing was changed since it was closed, and it says what lies beside it.</summary>
internal static class SealCheck
{
    /// <summary>The folder's files by their paths in the bundle; null, with a fault, where there is no seal that holds.</summary>
    public static IReadOnlyList<FileManifest>? Run(string profilePath, EmbodimentProfile profile, FaultList faults)
    {
        const string help = "`divla train embodiment` and `divla model build` write it";
        if (profile.Seal is not { } seal)
        {
            faults.Add(profilePath, "seal", "none", $"the hashes of what lies beside it; {help}");
            return null;
        }
        var revision = EmbodimentSeal.RevisionOf(profile);
        var isWhole = faults.Require(seal.Revision == revision, profilePath, "seal.revision", seal.Revision, $"{revision}, the hash of what this file says: it was changed after it was written; {help}")
            & faults.Require(Array.Exists(seal.Files, file => file.Path == EmbodimentPaths.Graph), profilePath, "seal.files", "no graph", $"{EmbodimentPaths.Graph} among them");
        for (var index = 0; index < seal.Files.Length; index++)
        {
            var path = seal.Files[index].Path;
            isWhole &= faults.Require(BundleFolder.IsPlain(path) && !path.Contains('/'), profilePath, $"seal.files[{index}].path", $"'{path}'", "the name of a file beside this one");
        }
        return isWhole ? [.. seal.Files.Select(file => new FileManifest(BundleFolder.Beside(profilePath, file.Path), file.Bytes, file.Sha256))] : null;
    }

    /// <summary>Holds the seal of an arm that policy.json lists to what is listed.</summary>
    public static void CheckListed(string profilePath, EmbodimentProfile profile, IReadOnlyDictionary<string, FileManifest> listed, FaultList faults)
    {
        foreach (var file in Run(profilePath, profile, faults) ?? [])
            faults.Require(
                listed.TryGetValue(file.Path, out var entry) && entry.Sha256 == file.Sha256,
                profilePath, "seal.files", $"{file.Path} with sha256 {file.Sha256}", listed.TryGetValue(file.Path, out entry) ? $"sha256 {entry.Sha256}, as policy.json lists it" : "files that policy.json lists");
    }
}
