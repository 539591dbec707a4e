using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Onnx.Devices;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Policy.Embodiment;

/// <summary>Both ends of the path by the kind of an arm's mapping, chosen when a policy is made.</summary>
internal static class EmbodimentKinds
{
    /// <summary>What the policy reads of the arm.</summary>
    /// <param name="profile">The arm.</param>
    /// <param name="device">Where graphs run; null for the host.</param>
    public static IEmbodimentState CreateState(EmbodimentProfile profile, DeviceMemory? device) =>
        profile.Kind == EmbodimentMappingKind.Affine ? new JointState(profile, device) : new TaskSpaceState(profile.CreateKinematics(), device);

    /// <summary>What its plans are held to.</summary>
    public static IPlanCheck CreateCheck(EmbodimentProfile profile, LatentManifest latent, EmbodimentCheckOptions options) =>
        profile.Kind == EmbodimentMappingKind.Affine ? new JointSpaceCheck(latent.Size) : new TaskSpaceCheck(profile, latent, options);
}
