using System.Text.Json;
using DiVLA.Control.ModelBuilder;
using DiVLA.Control.ModelBuilder.Bundles;
using DiVLA.Control.ModelBuilder.Safetensors;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Robot;
using DiVLA.Control.TestSupport;
using DiVLA.Control.Training.Checkpoints;
using DiVLA.Control.Training.Embodiments;
using DiVLA.Control.Training.Modules;
using DiVLA.Control.Training.Native;
using static TorchSharp.torch;

namespace DiVLA.Control.Training.Tests.Parity;

/// <summary>One set of weights twice: in the modules that training runs, and in the graphs that are served.</summary>
internal sealed class TwinModel : IDisposable
{
    private const string Weights = "model.safetensors";
    private const string Arm = "embodiments/panda";
    private const string ArmWeights = $"{Arm}/embodiment.safetensors";
    private readonly DirectoryInfo _folder;

    private TwinModel(DirectoryInfo folder, string bundle, DiffusionVlaModel model, EmbodimentMlp embodiment) =>
        (_folder, Bundle, Model, Embodiment, Manifest) = (folder, bundle, model, embodiment, ReadManifest(bundle));

    /// <summary>Folder of the graphs; a test may write into it.</summary>
    public string Bundle { get; }

    public PolicyManifest Manifest { get; }

    public DiffusionVlaModel Model { get; }

    public EmbodimentMlp Embodiment { get; }

    public ModelConfig Config => Model.Config;

    /// <summary>Random weights, saved as training saves them and built from there.</summary>
    public static TwinModel Random(ModelConfig config)
    {
        var folder = Directory.CreateTempSubdirectory("divla-parity-");
        var (checkpoint, bundle) = (Path.Combine(folder.FullName, "checkpoint"), Path.Combine(folder.FullName, "bundle"));
        // Its configuration, tokenizer and profile are kept; its weights give way to those of the modules.
        RandomCheckpoint.Write(checkpoint, config, seed: 1);
        random.manual_seed(5);
        var model = new DiffusionVlaModel(config);
        var embodiment = EmbodimentOf(checkpoint);
        Disturb(model.NamedWeights().Concat(embodiment.NamedWeights()));
        ModuleWeights.Save(Path.Combine(checkpoint, Weights), model.NamedWeights());
        ModuleWeights.Save(Path.Combine(checkpoint, ArmWeights), embodiment.NamedWeights());
        BundleBuilder.Build(new BuildRequest(checkpoint, bundle));
        return new TwinModel(folder, bundle, model, embodiment);
    }

    /// <summary>The default bundle's weights, loaded into the modules that they were trained in.</summary>
    public static TwinModel Shipped()
    {
        var folder = Directory.CreateTempSubdirectory("divla-parity-");
        var bundle = Path.Combine(folder.FullName, "bundle");
        foreach (var file in ReadManifest(Checkout.DefaultBundle).Files.Select(file => file.Path).Append(PolicyManifest.FileName))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(bundle, file))!);
            File.Copy(Path.Combine(Checkout.DefaultBundle, file), Path.Combine(bundle, file));
        }
        var shape = new ModelShape().Configure(VocabularySize(bundle));
        var model = new DiffusionVlaModel(shape with { Scene = ReadManifest(bundle).Scene is null ? null : shape.Scene });
        var embodiment = EmbodimentOf(bundle);
        ModuleWeights.Load(Path.Combine(bundle, Weights), model.NamedWeights());
        ModuleWeights.Load(Path.Combine(bundle, ArmWeights), embodiment.NamedWeights());
        return new TwinModel(folder, bundle, model, embodiment);
    }

    /// <summary>A graph in a session of its own.</summary>
    public GraphSession Session(GraphManifest graph) => new(Bundle, graph);

    public void Dispose()
    {
        Model.Dispose();
        Embodiment.Dispose();
        _folder.Delete(recursive: true);
    }

    private static PolicyManifest ReadManifest(string bundle) =>
        JsonSerializer.Deserialize<PolicyManifest>(File.ReadAllText(Path.Combine(bundle, PolicyManifest.FileName)), PolicyManifest.JsonOptions)!;

    private static int VocabularySize(string bundle)
    {
        using var file = SafetensorsFile.Open(Path.Combine(bundle, Weights));
        return (int)file.Entry("model.embed_tokens.weight").Shape[0];
    }

    private static EmbodimentMlp EmbodimentOf(string folder)
    {
        var json = File.ReadAllText(Path.Combine(folder, Arm, "embodiment.json"));
        var profile = JsonSerializer.Deserialize<EmbodimentProfile>(json, EmbodimentProfile.JsonOptions)!;
        return new EmbodimentMlp(profile, profile.Mapping!.LatentRms, profile.Mapping.DisplacementRmsRad);
    }

    // Film starts out as zeros, norms as ones and biases near zero: whatever is left out or swapped there would not show.
    private static void Disturb(IEnumerable<(string Name, Tensor Weight)> weights)
    {
        using var truce = CollectionTruce.Begin();
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        foreach (var (_, weight) in weights) weight.add_(randn_like(weight) * 0.05f);
    }
}
