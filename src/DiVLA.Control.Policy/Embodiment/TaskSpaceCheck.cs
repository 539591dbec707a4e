using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Policy.Embodiment;

/// <summary>Plans whose latent says where the tool goes: within what the MLP was trained on, and the joints put the tool there.</summary>
internal sealed class TaskSpaceCheck : IPlanCheck
{
    private readonly TrainedRangeCheck _range;
    private readonly ForwardKinematicsCheck _kinematics;

    public TaskSpaceCheck(EmbodimentProfile profile, LatentManifest latent, EmbodimentCheckOptions options)
    {
        _range = new TrainedRangeCheck(profile.Mapping!, options);
        _kinematics = new ForwardKinematicsCheck(profile.CreateKinematics(), new TaskDisplacementLatent(latent), options);
    }

    /// <inheritdoc/>
    public PolicyFault CheckLatent(in JointPositions commanded, ReadOnlySpan<float> latent) => _range.Accepts(commanded, latent, out var range)
        ? default
        : new PolicyFault(PolicyOutcome.OutsideTrainedRange, PolicyStage.Embodiment, Range: range);

    /// <inheritdoc/>
    public PolicyFault CheckSamples(in JointPositions commanded, ReadOnlySpan<float> latent, PolicyTrajectory result)
    {
        result.Kinematics = _kinematics.Run(commanded, latent, result.Samples);
        return result.Kinematics.Use <= 1
            ? default
            : new PolicyFault(PolicyOutcome.FailedKinematicsCheck, PolicyStage.Embodiment, Kinematics: result.Kinematics);
    }
}
