using DiVLA.Control.ModelBuilder;
using DiVLA.Control.Training.Data;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DiVLA.Control.Training.Modules;

/// <summary>Reads from the front camera's tokens which kinds of object lie on the table: what an operator may pin.</summary>
internal sealed class ScenePresence : nn.Module
{
    private readonly Linear _presence;

    public ScenePresence(ModelConfig config) : base("scene") =>
        register_module("presence", _presence = nn.Linear(config.Vision.TokensPerCamera * config.HiddenSize, Batch.Kinds));

    /// <summary>pictures [B, C, 16, D] -> logits [B, K].</summary>
    public Tensor Forward(Tensor pictures) => _presence.forward(pictures[.., 0].flatten(1));
}
