using DiVLA.Control.Robot;

namespace DiVLA.Control.Policy.Embodiment;

/// <summary>Plans whose latent is normalised joints: within [-1, 1], so that no joint leaves the range of the demonstrations.</summary>
/// <remarks>The sampler clips its last sample to that range; a latent outside is not what the graph was built to give.</remarks>
internal sealed class JointSpaceCheck(int latentSize) : IPlanCheck
{
    // Rounding of the graphs' last operation.
    private const float Limit = 1 + 1e-3f;

    /// <inheritdoc/>
    public PolicyFault CheckLatent(in JointPositions commanded, ReadOnlySpan<float> latent)
    {
        for (var number = 0; number < latent.Length; number++)
            if (!(Math.Abs(latent[number]) <= Limit)) return Outside(number, latent[number]);
        return default;
    }

    /// <inheritdoc/>
    public PolicyFault CheckSamples(in JointPositions commanded, ReadOnlySpan<float> latent, PolicyTrajectory result) => default;

    private PolicyFault Outside(int number, float found) => new(
        PolicyOutcome.OutsideTrainedRange,
        PolicyStage.Embodiment,
        Range: new RangeReport(RangedQuantity.Latent, number % latentSize, number / latentSize, found, -Limit, Limit));
}
