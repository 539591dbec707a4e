using DiVLA.Control.Policy.Onnx;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Policy.Bundle.Checks;

/// <summary>Runs an arm's graph once with the arm at rest.</summary>
internal static class EmbodimentProbe
{
    /// <summary>True where all numbers that come out are finite.</summary>
    /// <exception cref="Microsoft.ML.OnnxRuntime.OnnxRuntimeException">The graph does not run.</exception>
    public static bool IsFinite(OnnxGraph graph, EmbodimentProfile profile, GraphTensor<float> latent, PolicyManifest manifest)
    {
        using var joints = new GraphTensor<float>(1, profile.JointCount);
        using var trajectory = new GraphTensor<float>(1, manifest.Latent.Horizon, profile.JointCount + 1);
        for (var joint = 0; joint < profile.JointCount; joint++)
            joints.Span[joint] = (float)profile.RestRad[joint];
        using var runner = new GraphRunner(graph, [("latent", latent), ("joints", joints)], [("trajectory", trajectory)]);
        runner.Run();
        return trajectory.IsFinite;
    }
}
