using DiVLA.Control.ModelBuilder.Checkpoints.Lora;
using DiVLA.Control.ModelBuilder.Checkpoints.Published;
using DiVLA.Control.ModelBuilder.Costs;
using DiVLA.Control.ModelBuilder.Graphs.Published;
using DiVLA.Control.ModelBuilder.Onnx;
using DiVLA.Control.ModelBuilder.Statistics;
using DiVLA.Control.Policy;
using DiVLA.Control.Policy.Bundle;

namespace DiVLA.Control.ModelBuilder.Bundles;

/// <summary>The bundle of a published checkpoint. The weights may come from anywhere.</summary>
internal sealed class PublishedBundle : IBundleContents
{
    private const string License = "NOASSERTION";

    // Tokenizer, three graphs, profile, the arm's graph.
    private const int OwnSteps = 6;

    private readonly PublishedModel _model;
    private readonly PublishedArm _arm;
    private readonly PublishedGraphs _graphs;
    private readonly IBundleWeights _weights;
    private readonly string _tokenizer;

    /// <param name="model">What the graphs were built from.</param>
    /// <param name="arm">The arm.</param>
    /// <param name="graphs">The graphs, without faults.</param>
    /// <param name="weights">What they point to; disposed with this.</param>
    /// <param name="tokenizer">Path of the tokenizer's file.</param>
    public PublishedBundle(PublishedModel model, PublishedArm arm, PublishedGraphs graphs, IBundleWeights weights, string tokenizer) =>
        (_model, _arm, _graphs, _weights, _tokenizer) = (model, arm, graphs, weights, tokenizer);

    /// <summary>Reads a checkpoint's folder and builds its graphs in memory.</summary>
    /// <exception cref="ModelBuildException">Files are missing, damaged or contradict each other; lists all that is wrong.</exception>
    public static PublishedBundle Open(string directory, PublishedOptions options) => Open(directory, options, faults =>
        PublishedWeights.Open(directory, options.Precision, faults, options.LoraDirectory is { } lora ? LoraAdapter.Open(lora, faults) : null));

    /// <summary>Reads a folder's configuration and builds its graphs in memory, over weights from anywhere.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="options">What it does not say itself.</param>
    /// <param name="open">Opens the weights; takes a list for what is wrong with them.</param>
    /// <exception cref="ModelBuildException">Files are missing, damaged or contradict each other; lists all that is wrong.</exception>
    public static PublishedBundle Open(string directory, PublishedOptions options, Func<List<string>, IBundleWeights> open)
    {
        var faults = new List<string>();
        var file = ReadArm(options, faults);
        var cameras = CamerasOf(file, options, faults);
        var config = PublishedConfig.Read(directory, options.LoraDirectory, faults);
        var statistics = config.Head is null ? null : ReadStatistics(directory, options.StatisticsFile, config.Head, faults);
        var arm = file is null || statistics is null ? null : PublishedArm.Create(file, config.Head!, statistics, options.ActionRateHz, faults);
        var model = PublishedModel.Create(directory, config, cameras, new TextLengths(options.InstructionTokens, options.PhraseTokens), faults);
        var weights = open(faults);
        try
        {
            var graphs = model is null ? null : PublishedGraphs.Build(model, weights);
            if (graphs is not null) faults.AddRange([.. graphs.Weights.Faults, .. weights.FaultsOfUnread(graphs.Weights.Used)]);
            if (faults.Count > 0) throw new ModelBuildException(faults);
            return new PublishedBundle(model!, arm!, graphs!, weights, Path.Combine(directory, PublishedConfig.TokenizerFileName));
        }
        catch (Exception error)
        {
            weights.Dispose();
            if (error is ModelBuildException found) throw new ModelBuildException([.. faults.Union(found.Faults)]);
            throw;
        }
    }

    /// <inheritdoc/>
    public int Steps => OwnSteps + _weights.Files;

    /// <inheritdoc/>
    public BuildPlan Plan(Accelerator accelerator) => BuildPlans.Of(
        _model.Architecture,
        _weights.Planned,
        [
            (PolicyStage.Backbone, _graphs.Backbone), (PolicyStage.Reasoning, _graphs.Reasoning), (PolicyStage.Diffusion, _graphs.Diffusion),
            (PolicyStage.Embodiment, ArmGraph()),
        ],
        _model.Backbone.DecoderManifest(_weights.Dtype),
        accelerator);

    /// <inheritdoc/>
    public PolicyManifest Write(string directory, StepCounter steps)
    {
        _weights.Write(directory, steps);
        steps.Next(PublishedConfig.TokenizerFileName);
        BundleFiles.Copy(_tokenizer, Path.Combine(directory, PublishedConfig.TokenizerFileName), steps);
        foreach (var graph in _graphs.All) Write(graph, directory, steps);
        return ManifestComposer.Compose(_model, _arm, _weights.Dtype, License, _graphs.Manifest, Embodiment(directory, steps));
    }

    /// <inheritdoc/>
    public void Dispose() => _weights.Dispose();

    private EmbodimentManifest Embodiment(string directory, StepCounter steps)
    {
        var name = _arm.Profile.Name;
        var folder = Path.Combine(directory, EmbodimentPaths.Folder, name);
        Directory.CreateDirectory(folder);
        var graph = ArmGraph();
        Write(graph, directory, steps);
        var profile = EmbodimentPaths.Of(name, EmbodimentPaths.Profile);
        steps.Next(profile);
        EmbodimentFolder.Seal(folder, _arm.Profile, [EmbodimentPaths.Graph], steps.Cancellation);
        return new EmbodimentManifest(name, profile, graph.Manifest);
    }

    private BuiltGraph ArmGraph() => BuiltGraph.Of(
        Path.ChangeExtension(EmbodimentPaths.Of(_arm.Profile.Name, EmbodimentPaths.Graph), null),
        new WeightSource(new NoWeights()),
        builder => AffineEmbodimentGraph.Build(builder, _arm.Profile, _arm.Latent));

    private static void Write(BuiltGraph graph, string directory, StepCounter steps)
    {
        steps.Next(graph.Manifest.File);
        graph.Write(directory);
    }

    private static ArmFile? ReadArm(PublishedOptions options, List<string> faults)
    {
        if (options.EmbodimentFile is { } path) return ArmFile.Read(path, faults);
        faults.Add("embodiment: no file is named: a published checkpoint does not say which arm it drives; describe it in one.");
        return null;
    }

    // Tensors can be checked under any camera: one stands in for cameras that are wrong.
    private static IReadOnlyList<CameraConfig> CamerasOf(ArmFile? file, PublishedOptions options, List<string> faults)
    {
        var (place, cameras) = options.Cameras.Count > 0 ? ("cameras", options.Cameras) : ($"{file?.Path}: cameras", file?.Cameras ?? []);
        string[] wrong = [.. ArmFile.FaultsOf(cameras)];
        faults.AddRange(wrong.Select(fault => $"{place}: {fault}"));
        if (file is not null && cameras.Count == 0) faults.Add($"{place}: there is none: name the policy's cameras and their frames' sizes, in the order of training.");
        return wrong.Length > 0 || cameras.Count == 0 ? [new CameraConfig("camera", 56, 56)] : cameras;
    }

    private static DatasetStatistics? ReadStatistics(string directory, string? file, PolicyHeadConfig head, List<string> faults)
    {
        string[] usual = [Path.Combine(directory, DatasetStatistics.FileName), Path.GetFullPath(Path.Combine(directory, "..", DatasetStatistics.FileName))];
        var path = file ?? Array.Find(usual, File.Exists);
        if (path is not null) return DatasetStatistics.Read(path, head.ActionSize, head.StateSize, faults);
        var pickle = Array.Find(Array.ConvertAll(usual, name => Path.ChangeExtension(name, StatisticsConversion.PickleExtension)), File.Exists);
        faults.Add($"{usual[0]}: is missing, and no other file of statistics is named"
            + (pickle is null ? "." : $"; {pickle} can be converted: `divla model convert-statistics {pickle}`."));
        return null;
    }
}
