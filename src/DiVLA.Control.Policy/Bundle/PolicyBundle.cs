using DiVLA.Control.Policy.Onnx;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Policy.Bundle;

/// <summary>A verified bundle with its graphs loaded. Sessions share it; it lives until it and the last policy made from it are disposed.</summary>
public sealed class PolicyBundle : IDisposable
{
    private PolicyBundle() => throw new NotSupportedException();

    public PolicyManifest Manifest { get; }

    /// <summary>Profiles of the arms that this bundle can drive, by name.</summary>
    public IReadOnlyDictionary<string, EmbodimentProfile> Embodiments { get; }

    /// <summary>Verifies and loads a bundle. Slow: reads and hashes every file.</summary>
    /// <exception cref="BundleRejectedException">The bundle has faults; all of them are listed.</exception>
    /// <exception cref="OnnxUnavailableException">The native library or the execution provider asked for is missing.</exception>
    /// <exception cref="ArgumentException">The options are invalid.</exception>
    public static PolicyBundle Load(string directory, PolicyOptions options) => throw new NotSupportedException();

    /// <summary>All faults of a bundle; empty where it can be served.</summary>
    public static IReadOnlyList<BundleFault> Verify(string directory, PolicyOptions options) => throw new NotSupportedException();

    /// <summary>Says whether the policy understands an instruction. Any thread.</summary>
    public InstructionCheck CheckInstruction(string instruction) => throw new NotSupportedException();

    /// <summary>Makes the policy of one session: its buffers, its decoder thread, its noise. Runs the graphs a few times to warm them up.</summary>
    /// <exception cref="ArgumentException">The bundle has no such embodiment.</exception>
    public DiffusionVlaPolicy CreatePolicy(string embodiment, ulong noiseSeed, TimeProvider clock) => throw new NotSupportedException();

    /// <inheritdoc/>
    public void Dispose() => throw new NotSupportedException();
}
