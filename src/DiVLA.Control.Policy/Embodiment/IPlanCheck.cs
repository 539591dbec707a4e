using DiVLA.Control.Robot;

namespace DiVLA.Control.Policy.Embodiment;

/// <summary>What a plan is held to on its way from latent to joints. Does not allocate.</summary>
internal interface IPlanCheck
{
    /// <summary>Whether the embodiment's map may be used: for this latent `[H, L]`, from these joints.</summary>
    PolicyFault CheckLatent(in JointPositions commanded, ReadOnlySpan<float> latent);

    /// <summary>Whether what the map gave may be followed.</summary>
    PolicyFault CheckSamples(in JointPositions commanded, ReadOnlySpan<float> latent, PolicyTrajectory result);
}
