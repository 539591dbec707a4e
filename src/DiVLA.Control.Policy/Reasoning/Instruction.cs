namespace DiVLA.Control.Policy.Reasoning;

/// <summary>An instruction that the policy understands, as the backbone reads it.</summary>
/// <param name="Text">As it was given.</param>
/// <param name="Tokens">Ids of the text that the instruction is part of; padded where pads are tokens like others.</param>
/// <param name="PromptLength">Positions of the whole prompt; the phrase's come after.</param>
internal sealed record Instruction(string Text, long[] Tokens, int PromptLength);
