namespace DiVLA.Control.Training.Data;

/// <summary>What a step's samples are drawn with.</summary>
/// <param name="SwapShare">Share of samples whose phrase and motion are those of another object or bin than the instruction's. Range: [0, 1].</param>
/// <param name="RuleBias">Share of the colour rules with 'warm colours right' that are drawn again. Range: [0, 1).</param>
/// <remarks>
/// Where warm colours go left as often as right, neither the colour nor the rule alone says anything about the bin, and a policy that has to discover
/// both at once guesses for a long time: after 300,000 samples it still did. While one side is more frequent, colours are told apart first, and the rule after them.
/// </remarks>
internal readonly record struct Curriculum(double SwapShare, double RuleBias)
{
    /// <summary>The tasks as they are.</summary>
    public static Curriculum None => default;
}
