namespace DiVLA.Control.Policy.Reasoning;

/// <summary>An instruction that the policy understands, as the backbone reads it.</summary>
/// <param name="Text">As it was given.</param>
/// <param name="Tokens">Ids, padded to the length of `instruction_tokens`.</param>
internal sealed record Instruction(string Text, long[] Tokens);
