using DiVLA.Control.Policy.Reasoning;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Policy;

/// <summary>The model path of one session and one arm. Made by <see cref="Bundle.PolicyBundle.CreatePolicy"/>.</summary>
public sealed class DiffusionVlaPolicy : IDisposable
{
    internal DiffusionVlaPolicy() => throw new NotSupportedException();

    /// <summary>The arm that this policy drives.</summary>
    public EmbodimentProfile Embodiment { get; }

    /// <summary>The newest complete phrase; null before the first one. Any thread.</summary>
    public ReasoningPhrase? CurrentPhrase => throw new NotSupportedException();

    /// <summary>Makes a trajectory to be filled by <see cref="InferFromPolicyThread"/>.</summary>
    public PolicyTrajectory CreateTrajectory() => throw new NotSupportedException();

    /// <summary>Gives a new instruction. Any thread; never waits. It takes effect together with its first phrase, which is decoded beside the control path.</summary>
    public InstructionCheck SetInstruction(string instruction) => throw new NotSupportedException();

    /// <summary>Plans from an observation. Always called by the same thread; does not allocate after warm-up (JPEG and PNG frames: a few small objects each).</summary>
    public PolicyOutcome InferFromPolicyThread(in Observation observation, PolicyTrajectory result) => throw new NotSupportedException();

    /// <inheritdoc/>
    public void Dispose() => throw new NotSupportedException();
}
