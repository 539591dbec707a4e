using DiVLA.Control.ModelBuilder;
using static TorchSharp.torch;

namespace DiVLA.Control.Training.Modules;

/// <summary>All shared stages under the names that the checkpoint uses.</summary>
internal sealed class DiffusionVlaModel : nn.Module
{
    public DiffusionVlaModel(ModelConfig config) : base("divla")
    {
        Config = config;
        Backbone = new Backbone(config);
        Film = new Film(config);
        Head = new DiffusionHead(config);
        Scene = config.Scene is null ? null : new ScenePresence(config, config.Scene);
        register_module("backbone", Backbone);
        register_module("film", Film);
        register_module("policy_head", Head);
        if (Scene is not null) register_module("scene", Scene);
    }

    public ModelConfig Config { get; }

    public Backbone Backbone { get; }

    public Film Film { get; }

    public DiffusionHead Head { get; }

    /// <summary>Null where the checkpoint does not say what kinds of object there are.</summary>
    public ScenePresence? Scene { get; }

    /// <summary>Every weight under its name in the checkpoint: stages that only group weights do not show in it, and the slashes of module names are dots.</summary>
    public IEnumerable<(string Name, Tensor Weight)> NamedWeights() =>
        named_parameters().Select(p => (StripGroup(p.name).Replace('/', '.'), (Tensor)p.parameter));

    private static string StripGroup(string name) =>
        name.StartsWith("backbone.", StringComparison.Ordinal) ? name["backbone.".Length..]
        : name.StartsWith("film.", StringComparison.Ordinal) ? name["film.".Length..]
        : name;
}
