using DiVLA.Control.Policy.Decode;
using DiVLA.Control.Policy.Embodiment;

namespace DiVLA.Control.Policy;

/// <summary>How an inference ended.</summary>
public enum PolicyOutcome
{
    /// <summary>The trajectory holds a plan.</summary>
    Ok,

    /// <summary>The session has no instruction, or its first phrase is still being decoded: the head never acts without one.</summary>
    AwaitingPhrase,

    /// <summary>A frame or its time stamp was refused; see <see cref="PolicyFault.Frame"/>.</summary>
    RejectedFrame,

    /// <summary>The robot's state has another number of joints than the embodiment, or a number that is not finite.</summary>
    RejectedState,

    /// <summary>The commanded joints or the latent lie outside what the embodiment's MLP was trained on.</summary>
    OutsideTrainedRange,

    /// <summary>A stage gave a number that is not finite; see <see cref="PolicyFault.Stage"/>.</summary>
    NonFinite,

    /// <summary>The decoded joints put the tool elsewhere than the latent wants it; see <see cref="PolicyFault.Kinematics"/>.</summary>
    FailedKinematicsCheck,

    /// <summary>ONNX Runtime or its device failed while a stage ran; see <see cref="PolicyFault.Error"/>.</summary>
    RuntimeFailure,
}

/// <summary>Where and why an inference gave no trajectory.</summary>
/// <param name="Outcome">What kind of fault.</param>
/// <param name="Stage">Where the inference ended.</param>
/// <param name="Frame">Which frame and why, for <see cref="PolicyOutcome.RejectedFrame"/>.</param>
/// <param name="Kinematics">Both tool poses of the worst sample, for <see cref="PolicyOutcome.FailedKinematicsCheck"/>.</param>
/// <param name="Range">Which number left its range, for <see cref="PolicyOutcome.OutsideTrainedRange"/>.</param>
/// <param name="Error">What it said, for <see cref="PolicyOutcome.RuntimeFailure"/>.</param>
public readonly record struct PolicyFault(
    PolicyOutcome Outcome,
    PolicyStage Stage,
    FrameReport Frame = default,
    KinematicsReport Kinematics = default,
    RangeReport Range = default,
    Exception? Error = null)
{
    /// <summary>In words, for a log. Allocates.</summary>
    public string Describe() => Outcome switch
    {
        PolicyOutcome.RejectedFrame => $"{Stage}: {Frame.Describe()}",
        PolicyOutcome.FailedKinematicsCheck => $"{Stage}: {Kinematics.Describe()}",
        PolicyOutcome.OutsideTrainedRange => $"{Stage}: {Range.Describe()}",
        PolicyOutcome.RuntimeFailure => $"{Stage}: {Error?.Message}",
        _ => $"{Stage}: {Outcome}",
    };
}
