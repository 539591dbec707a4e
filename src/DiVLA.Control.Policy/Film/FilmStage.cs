using DiVLA.Control.Policy.Ablation;
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
    private readonly AppliedAblation? _ablation;

    /// <summary>Takes the means where the backbone leaves them, and what an evaluation does to them; null for nothing.</summary>
    public FilmStage(GraphTensor<float> promptMean, GraphTensor<float> reasoningMean, AppliedAblation? ablation) =>
        (PromptMean, ReasoningMean, _ablation) = (promptMean, reasoningMean, ablation);

    /// <summary>`[1, D]`</summary>
    public GraphTensor<float> PromptMean { get; }

    /// <summary>`[1, D]`</summary>
    public GraphTensor<float> ReasoningMean { get; }

    /// <summary>Lets the condition through once there is a phrase behind it.</summary>
    public PolicyFault Run(in Draft draft)
    {
        if (draft.Tokens.IsEmpty) return new PolicyFault(PolicyOutcome.AwaitingPhrase, PolicyStage.Film);
        if (_ablation is not null) Alter(_ablation);
        return default;
    }

    private void Alter(AppliedAblation ablation)
    {
        ablation.AlterMeans(PromptMean.Span, ReasoningMean.Span);
        PromptMean.Upload();
        ReasoningMean.Upload();
    }
}
