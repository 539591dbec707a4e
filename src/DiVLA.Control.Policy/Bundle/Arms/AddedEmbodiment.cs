using DiVLA.Control.Policy.Bundle.Checks;
using DiVLA.Control.Policy.Onnx;
using DiVLA.Control.Robot;
using Microsoft.ML.OnnxRuntime;

namespace DiVLA.Control.Policy.Bundle.Arms;

/// <summary>Verifies and loads an arm's folder that policy.json does not list: it must be whole in itself and fit the policy.</summary>
internal sealed class AddedEmbodiment
{
    // The first run of a graph is slow; a session's first plan must not be.
    private const int WarmRuns = 8;

    private readonly BundleFolder _folder;
    private readonly string _name;
    private readonly PolicyManifest _manifest;
    private readonly FaultList _faults = new();

    private AddedEmbodiment(BundleFolder folder, string name, PolicyManifest manifest) => (_folder, _name, _manifest) = (folder, name, manifest);

    /// <summary>The arm, or null with all faults.</summary>
    /// <param name="folder">The bundle.</param>
    /// <param name="name">Of the arm's folder.</param>
    /// <param name="manifest">The policy.</param>
    /// <param name="options">Where the policy runs: an arm always runs on the host; null to check the graph without running it, which leaves nothing loaded.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="OperationCanceledException">Cancelled within a file.</exception>
    public static (LoadedEmbodiment? Embodiment, IReadOnlyList<BundleFault> Faults) Load(
        BundleFolder folder, string name, PolicyManifest manifest, OnnxOptions? options, CancellationToken cancellation)
    {
        var added = new AddedEmbodiment(folder, name, manifest);
        return (added.Load(options?.OnHost(), cancellation), added._faults.Faults);
    }

    private string GraphPath => EmbodimentPaths.Of(_name, EmbodimentPaths.Graph);

    private LoadedEmbodiment? Load(OnnxOptions? options, CancellationToken cancellation)
    {
        var path = EmbodimentPaths.Of(_name, EmbodimentPaths.Profile);
        if (!_faults.Require(!_folder.PassesLink(path), path, "file", "a symbolic link", "a file of the bundle's own")) return null;
        var profile = ProfileCheck.Run(_folder, path, _name, _manifest, _faults);
        if (profile is null || SealCheck.Run(path, profile, _faults) is not { } files) return null;
        FileCheck.Run(_folder, files, _faults, cancellation);
        if (_faults.Faults.Count > 0) return null;
        ExternalDataCheck.Run(_folder, GraphPath, files.DistinctBy(file => file.Path).ToDictionary(file => file.Path), _faults);
        if (_faults.Faults.Count > 0) return null;
        if (options is not null) return LoadGraph(profile, options);
        StructureCheck.Run(GraphPath, _folder.FullPath(GraphPath), Contract(profile), _faults);
        return null;
    }

    private LoadedEmbodiment? LoadGraph(EmbodimentProfile profile, OnnxOptions options)
    {
        OnnxGraph? graph = null;
        try
        {
            graph = new OnnxGraph(_folder.FullPath(GraphPath), new Dictionary<string, string>(), options);
            SignatureCheck.CheckLoaded(GraphPath, graph.Session, Contract(profile), _faults);
            if (_faults.Faults.Count == 0) Probe(graph, profile);
        }
        catch (OnnxRuntimeException error)
        {
            _faults.Add(GraphPath, "graph", error.Message, "a graph that ONNX Runtime loads and runs");
        }
        if (_faults.Faults.Count == 0) return new LoadedEmbodiment(profile, graph!);
        graph?.Dispose();
        return null;
    }

    private GraphSignature Contract(EmbodimentProfile profile) => new GraphContract(_manifest).Embodiment(profile.JointCount);

    private void Probe(OnnxGraph graph, EmbodimentProfile profile)
    {
        using var latent = new GraphTensor<float>(1, _manifest.Latent.Horizon, _manifest.Latent.Size);
        latent.Span.Fill(1);
        for (var run = 0; run < WarmRuns; run++)
            if (!EmbodimentProbe.IsFinite(graph, profile, latent, _manifest))
            {
                _faults.Add(GraphPath, "probe", "numbers that are not finite", "finite outputs");
                return;
            }
    }
}
