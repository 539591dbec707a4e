using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Onnx;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Policy.Embodiment;

/// <summary>One arm's part of the path alone, from its folder: for trying out what was trained before any policy depends on it.</summary>
/// <remarks>Graph, range check and kinematics check are those of a session. One thread.</remarks>
public sealed class EmbodimentTrial : IDisposable
{
    private readonly OnnxGraph _graph;
    private readonly GraphTensor<float> _latent;
    private readonly EmbodimentStage _stage;
    private readonly PolicyTrajectory _result;

    private EmbodimentTrial(EmbodimentProfile profile, EmbodimentMapping mapping, string graph, int samplePeriodTicks, EmbodimentCheckOptions options)
    {
        Profile = profile;
        var manifest = new LatentManifest(profile.LatentId, mapping.LatentRms.Length, TaskSpaceTerms.LatentSize, mapping.LatentRms);
        _graph = new OnnxGraph(graph, new Dictionary<string, string>(), new OnnxOptions());
        _latent = new GraphTensor<float>(1, manifest.Horizon, manifest.Size);
        _stage = new EmbodimentStage(_graph, profile.JointCount, _latent, new TaskSpaceCheck(profile, manifest, options));
        _result = new PolicyTrajectory(manifest.Horizon, samplePeriodTicks, profile.ControlRateHz);
    }

    /// <summary>The arm.</summary>
    public EmbodimentProfile Profile { get; }

    /// <summary>What is decoded next, `[H, L]`, to be filled.</summary>
    public Span<float> Latent => _latent.Span;

    /// <summary>Loads an arm's folder.</summary>
    /// <param name="directory">Holds profile, graph and weights.</param>
    /// <param name="samplePeriodTicks">Control ticks from one sample to the next.</param>
    /// <param name="options">What the decoded joints are held to.</param>
    /// <exception cref="InvalidDataException">The profile cannot be read or has no mapping.</exception>
    /// <exception cref="Microsoft.ML.OnnxRuntime.OnnxRuntimeException">The graph cannot be loaded.</exception>
    public static EmbodimentTrial Load(string directory, int samplePeriodTicks, EmbodimentCheckOptions options)
    {
        var path = Path.Combine(directory, EmbodimentPaths.Profile);
        var profile = EmbodimentProfile.Read(path);
        if (profile.Mapping is not { } mapping) throw new InvalidDataException($"{path}: mapping: found none");
        return new EmbodimentTrial(profile, mapping, Path.Combine(directory, EmbodimentPaths.Graph), samplePeriodTicks, options);
    }

    /// <summary>Decodes <see cref="Latent"/> for an arm that was told to be somewhere. The result is overwritten by the next call.</summary>
    public PolicyTrajectory Decode(in JointPositions commanded)
    {
        _result.Fault = _stage.Run(new RobotState(commanded, default, commanded, 0, IsHolding: false), _result);
        return _result;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stage.Dispose();
        _latent.Dispose();
        _graph.Dispose();
    }
}
