using System.Security.Cryptography;
using System.Text;

namespace DiVLA.Control.Robot;

/// <summary>Makes an embodiment's folder whole in itself: what is in it, and that nothing was changed since.</summary>
/// <param name="Revision">Start of a hash over everything else that the profile says, the files' hashes included.</param>
/// <param name="Files">Every file of the folder but the profile.</param>
public sealed record EmbodimentSeal(string Revision, EmbodimentFile[] Files)
{
    private const int RevisionDigits = 16;

    /// <summary>The profile with a seal over these files.</summary>
    public static EmbodimentProfile Close(EmbodimentProfile profile, EmbodimentFile[] files)
    {
        var open = profile with { Seal = new EmbodimentSeal("", files) };
        return open with { Seal = new EmbodimentSeal(RevisionOf(open), files) };
    }

    /// <summary>What a profile's revision must be.</summary>
    /// <exception cref="ArgumentException">The profile has no seal.</exception>
    public static string RevisionOf(EmbodimentProfile profile)
    {
        if (profile.Seal is not { } seal) throw new ArgumentException($"The profile of {profile.Name} has no seal.", nameof(profile));
        var contents = (profile with { Seal = seal with { Revision = "" } }).ToJson();
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(contents)))[..RevisionDigits];
    }
}

/// <summary>One file of an embodiment's folder.</summary>
/// <param name="Path">Name in the folder.</param>
/// <param name="Bytes">Size. Unit: bytes.</param>
/// <param name="Sha256">64 lower-case hexadecimal digits.</param>
public sealed record EmbodimentFile(string Path, long Bytes, string Sha256);
