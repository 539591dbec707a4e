namespace DiVLA.Control.Policy.Ablation;

/// <summary>What is taken from a policy to see how much it matters. For evaluation only: no message and no option of the service can ask for it.</summary>
public abstract record PolicyAblation
{
    private protected PolicyAblation()
    {
    }
}

/// <summary>Film reads zeros in place of the phrase's mean hidden state. Phrases are decoded and verified as ever; they only move nothing.</summary>
public sealed record NoReasoning : PolicyAblation;

/// <summary>Film reads the mean hidden states of another episode's phrases, one after the other, in place of its own.</summary>
/// <param name="Donors">The other episodes; a session takes the one that its noise seed falls on.</param>
public sealed record ShuffledReasoning(IReadOnlyList<ReasoningTrace> Donors) : PolicyAblation;

/// <summary>The mean hidden states `[D]` of an episode's phrases, in their order.</summary>
/// <param name="Means">At least one.</param>
/// <param name="InferencesPerMean">For how many inferences each stands.</param>
public sealed record ReasoningTrace(IReadOnlyList<float[]> Means, int InferencesPerMean);

/// <summary>Film reads zeros in place of the prompt's mean hidden state. Phrases are still decoded from the prompt.</summary>
public sealed record NoPrompt : PolicyAblation;

/// <summary>Some cameras show grey. Everything is decoded from that.</summary>
/// <param name="Cameras">Their names.</param>
public sealed record BlankCameras(IReadOnlyList<string> Cameras) : PolicyAblation;

/// <summary>The whole policy reads another episode's instruction in place of the one that it was given.</summary>
/// <param name="Donors">The other episodes' instructions; a session takes the one that its noise seed falls on, or the next that is not its own.</param>
public sealed record ShuffledInstruction(IReadOnlyList<string> Donors) : PolicyAblation;
