using DiVLA.Control.ModelBuilder;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DiVLA.Control.Training.Modules;

/// <summary>Reads from one camera's tokens which kinds of object lie on the table: what an operator may pin.</summary>
internal sealed class ScenePresence : nn.Module
{
    private readonly Linear _presence;

    private readonly int _camera;

    public ScenePresence(ModelConfig config, SceneConfig scene) : base("scene")
    {
        _camera = Array.FindIndex(config.Cameras, camera => camera.Name == scene.Camera);
        register_module("presence", _presence = nn.Linear(config.Vision.TokensPerCamera * config.HiddenSize, scene.Kinds.Length));
    }

    /// <summary>pictures [B, C, 16, D] -> logits [B, K].</summary>
    public Tensor Forward(Tensor pictures) => _presence.forward(pictures[.., _camera].flatten(1));
}
