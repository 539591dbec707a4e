using DiVLA.Control.Policy.Reasoning;

namespace DiVLA.Control.Policy.Tokenizer;

/// <summary>Turns an instruction into the tokens that the backbone reads, or says why the policy does not understand it. Thread-safe.</summary>
internal interface IPrompt
{
    /// <summary>An instruction without words: what the graphs are rehearsed with.</summary>
    Instruction Blank { get; }

    /// <summary>Checks an instruction; <paramref name="accepted"/> is null where the policy does not understand it.</summary>
    InstructionCheck Check(string instruction, out Instruction? accepted);
}
