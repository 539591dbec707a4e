using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Bundle.Arms;
using DiVLA.Control.Policy.Onnx;
using DiVLA.Control.Policy.Tokenizer;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Policy;

/// <summary>What a policy is made of: everything of a bundle that one arm needs.</summary>
internal sealed record PolicyParts(
    PolicyManifest Manifest,
    LoadedEmbodiment Embodiment,
    SharedGraphs Graphs,
    ITextTokenizer Words,
    IPrompt Prompt,
    PolicyOptions Options)
{
    /// <summary>The arm.</summary>
    public EmbodimentProfile Profile => Embodiment.Profile;
}
