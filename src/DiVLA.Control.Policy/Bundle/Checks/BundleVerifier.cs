using DiVLA.Control.Policy.Bundle.Arms;
using DiVLA.Control.Policy.Onnx;
using DiVLA.Control.Policy.Tokenizer;
using DiVLA.Control.Robot;
using Microsoft.ML.OnnxRuntime;

namespace DiVLA.Control.Policy.Bundle.Checks;

/// <summary>Verifies a bundle from the manifest to the graphs' outputs, and leaves everything loaded where it finds no fault.</summary>
internal sealed class BundleVerifier : IDisposable
{
    private readonly BundleFolder _folder;
    private readonly OnnxOptions? _options;
    private readonly CancellationToken _cancellation;
    private readonly FaultList _faults = new();
    private readonly Dictionary<string, OnnxGraph> _graphs = [];
    private readonly Dictionary<string, EmbodimentProfile> _profiles = [];

    private BundleVerifier(string directory, OnnxOptions? options, CancellationToken cancellation) =>
        (_folder, _options, _cancellation) = (new BundleFolder(directory), options, cancellation);

    public IReadOnlyList<BundleFault> Faults => _faults.Faults;

    /// <summary>Null where policy.json cannot be read.</summary>
    public PolicyManifest? Manifest { get; private set; }

    /// <summary>Null where there are faults.</summary>
    public ITextTokenizer? Words { get; private set; }

    /// <summary>Profiles of the arms that policy.json lists, by name.</summary>
    public IReadOnlyDictionary<string, EmbodimentProfile> Profiles => _profiles;

    public BundleFolder Folder => _folder;

    /// <summary>Runs all checks that the faults found so far leave possible.</summary>
    /// <param name="directory">The bundle.</param>
    /// <param name="options">Where the graphs run; null to run none of them.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="OperationCanceledException">Cancelled within a file or between two graphs.</exception>
    public static BundleVerifier Open(string directory, OnnxOptions? options, CancellationToken cancellation)
    {
        var verifier = new BundleVerifier(directory, options, cancellation);
        try
        {
            verifier.Run();
            return verifier;
        }
        catch
        {
            verifier.Dispose();
            throw;
        }
    }

    /// <summary>Hands the loaded graphs over to a bundle. Only without faults.</summary>
    /// <param name="embodiments">Takes the arms that policy.json lists, by name.</param>
    public SharedGraphs TakeGraphs(out IReadOnlyDictionary<string, LoadedEmbodiment> embodiments)
    {
        embodiments = Embodiments();
        var shared = Share();
        foreach (var graph in embodiments.Values.Select(embodiment => embodiment.Graph).Distinct()) shared.Keep(graph);
        _graphs.Clear();
        return shared;
    }

    /// <summary>The faults of the folders of `embodiments` that policy.json does not list. They keep no bundle from being served, only themselves.</summary>
    /// <exception cref="OperationCanceledException">Cancelled within a file.</exception>
    public IEnumerable<BundleFault> AddedFaults()
    {
        if (Manifest is not { SchemaVersion: PolicyManifest.CurrentSchemaVersion, Cameras.Length: > 0 }) yield break;
        foreach (var name in EmbodimentShelf.AddedFolders(_folder, Manifest))
        {
            var (embodiment, faults) = AddedEmbodiment.Load(_folder, name, Manifest, _options, _cancellation);
            embodiment?.Graph.Dispose();
            foreach (var fault in faults) yield return fault;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var graph in _graphs.Values) graph.Dispose();
    }

    private void Run()
    {
        Manifest = JsonFileReader.Read<PolicyManifest>(_folder, PolicyManifest.FileName, PolicyManifest.JsonOptions, _faults);
        if (Manifest is null || !HasKnownSchema(Manifest)) return;

        new ManifestCheck(Manifest, _faults).Run();
        FileCheck.Run(_folder, Manifest.Files, _faults, _cancellation);
        if (IsReadable(TokenizerFile.FileName)) Words = TokenizerCheck.Run(_folder, Manifest, _faults);
        if (Words is not null) new SteeringCheck(Manifest, Words, _faults).Run();
        // Without kernels for its numbers no graph loads; saying so once is enough.
        if (Manifest.Cameras.Length > 0 && PrecisionCheck.Run(Manifest.Precision, _options?.Provider, _faults)) CheckGraphs(Manifest, new GraphContract(Manifest));
        _cancellation.ThrowIfCancellationRequested();
        if (Faults.Count == 0 && _options is not null) new ProbeCheck(Manifest, Share(), _faults).Run(Embodiments());
    }

    private bool HasKnownSchema(PolicyManifest manifest) => _faults.Require(
        manifest.SchemaVersion == PolicyManifest.CurrentSchemaVersion,
        PolicyManifest.FileName, "schema_version", manifest.SchemaVersion, $"{PolicyManifest.CurrentSchemaVersion}");

    private void CheckGraphs(PolicyManifest manifest, GraphContract contract)
    {
        var listed = manifest.Files.DistinctBy(file => file.Path).ToDictionary(file => file.Path);
        CheckGraph(manifest.Graphs.Backbone, contract.Backbone, "graphs.backbone", listed, _options);
        CheckGraph(manifest.Graphs.Reasoning, contract.Reasoning, "graphs.reasoning", listed, _options);
        CheckGraph(manifest.Graphs.Diffusion, contract.Diffusion, "graphs.diffusion", listed, _options);
        for (var index = 0; index < manifest.Embodiments.Length; index++)
        {
            var embodiment = manifest.Embodiments[index];
            if (!IsReadable(embodiment.Profile) || ProfileCheck.Run(_folder, embodiment.Profile, embodiment.Name, manifest, _faults) is not { } profile) continue;
            _profiles[embodiment.Name] = profile;
            SealCheck.CheckListed(embodiment.Profile, profile, listed, _faults);
            CheckGraph(embodiment.Graph, contract.Embodiment(profile.JointCount), $"embodiments[{index}].graph", listed, _options?.OnHost());
        }
    }

    private void CheckGraph(
        GraphManifest graph, GraphSignature contract, string field, Dictionary<string, FileManifest> listed, OnnxOptions? options)
    {
        SignatureCheck.CheckDeclared(graph, contract, field, _faults);
        if (!IsReadable(graph.File)) return;
        var weights = ExternalDataCheck.Run(_folder, graph.File, listed, _faults);
        // What a file with faults holds is not worth a session, and its faults are reported already.
        if (_faults.Any([graph.File, .. weights])) return;
        _cancellation.ThrowIfCancellationRequested();
        if (options is null) StructureCheck.Run(graph.File, _folder.FullPath(graph.File), contract, _faults);
        else if (Load(graph, options) is { } loaded) SignatureCheck.CheckLoaded(graph.File, loaded.Session, contract, _faults);
    }

    private OnnxGraph? Load(GraphManifest graph, OnnxOptions options)
    {
        if (_graphs.TryGetValue(graph.File, out var loaded)) return loaded;
        try
        {
            loaded = new OnnxGraph(_folder.FullPath(graph.File), graph.SessionOptions, options);
            _graphs.Add(graph.File, loaded);
            return loaded;
        }
        catch (OnnxRuntimeException error)
        {
            _faults.Add(graph.File, "graph", error.Message, "a graph that ONNX Runtime loads");
            return null;
        }
    }

    private SharedGraphs Share() => new()
    {
        Backbone = _graphs[Manifest!.Graphs.Backbone.File],
        Reasoning = _graphs[Manifest.Graphs.Reasoning.File],
        Diffusion = _graphs[Manifest.Graphs.Diffusion.File],
    };

    private Dictionary<string, LoadedEmbodiment> Embodiments() => Manifest!.Embodiments.ToDictionary(
        embodiment => embodiment.Name, embodiment => new LoadedEmbodiment(_profiles[embodiment.Name], _graphs[embodiment.Graph.File]));

    private bool IsReadable(string path) =>
        BundleFolder.IsPlain(path) && !_faults.Any([path]) && File.Exists(_folder.FullPath(path));
}
