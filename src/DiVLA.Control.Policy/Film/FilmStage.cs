using DiVLA.Control.Policy.Onnx;
using DiVLA.Control.Policy.Reasoning;

namespace DiVLA.Control.Policy.Film;

/// <summary>What Film reads: the mean hidden states of prompt and phrase.</summary>
/// <remarks>
/// Film's own products, x * (1 + scale(r)) + shift(r) + mean(prompt), are the first part of `diffusion.onnx`: they are too small to be worth
/// a graph of their own. What is left here is the rule that the head never acts on an empty phrase, whose mean would be zero.
/// </remarks>
internal sealed class FilmStage
{
    public FilmStage(GraphTensor<float> promptMean, GraphTensor<float> reasoningMean) =>
        (PromptMean, ReasoningMean) = (promptMean, reasoningMean);

    /// <summary>`[1, D]`</summary>
    public GraphTensor<float> PromptMean { get; }

    /// <summary>`[1, D]`</summary>
    public GraphTensor<float> ReasoningMean { get; }

    /// <summary>Lets the condition through once there is a phrase behind it.</summary>
    public static PolicyFault Run(in Draft draft) =>
        draft.Tokens.IsEmpty ? new PolicyFault(PolicyOutcome.AwaitingPhrase, PolicyStage.Film) : default;
}
