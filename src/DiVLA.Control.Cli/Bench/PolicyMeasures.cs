using DiVLA.Control.Policy;

namespace DiVLA.Control.Cli.Bench;

/// <summary>What one policy took, alone, observation by observation.</summary>
/// <param name="Bundle">Name of the policy.</param>
/// <param name="Revision">Its revision.</param>
/// <param name="Provider">Where the graphs ran.</param>
/// <param name="Device">What that is.</param>
/// <param name="PromptTokens">Places of the longest prompt.</param>
/// <param name="LoadS">Verifying and loading the bundle, and rehearsing. Unit: s.</param>
/// <param name="Passes">Full passes that were timed.</param>
/// <param name="Outcomes">How they ended.</param>
/// <param name="PassMs">Decode to Embodiment, without decoding a phrase.</param>
/// <param name="StageMs">By stage, in the order of the path.</param>
/// <param name="Phrases">New phrases that were timed.</param>
/// <param name="PhraseTokens">Tokens that they had, on average.</param>
/// <param name="PhraseMs">A phrase token by token, without the pass that comes before it.</param>
/// <param name="TokenMs">One token of it, on average. Unit: ms.</param>
/// <param name="Phrase">The last one.</param>
internal sealed record PolicyMeasures(
    string Bundle,
    string Revision,
    string Provider,
    string Device,
    int PromptTokens,
    double LoadS,
    int Passes,
    IReadOnlyDictionary<PolicyOutcome, int> Outcomes,
    BenchTimes PassMs,
    IReadOnlyDictionary<PolicyStage, BenchTimes> StageMs,
    int Phrases,
    double PhraseTokens,
    BenchTimes? PhraseMs,
    double? TokenMs,
    string Phrase);
