using DiVLA.Control.Policy.Bundle;

namespace DiVLA.Control.Policy.Tokenizer;

/// <summary>A chat's text in the parts that are tokenized apart: special tokens end each, so that apart and together give the same tokens.</summary>
/// <param name="Prefix">Up to the last picture, which it ends with.</param>
/// <param name="Before">Between the last picture and the instruction.</param>
/// <param name="After">Behind the instruction, up to where the model begins to speak.</param>
public sealed record ChatText(string Prefix, string Before, string After)
{
    /// <summary>Takes a template apart.</summary>
    /// <exception cref="FormatException">The template has no picture, or no instruction behind the pictures.</exception>
    public static ChatText Parse(string template)
    {
        var picture = template.LastIndexOf(PromptManifest.ImageToken, StringComparison.Ordinal);
        var instruction = template.IndexOf(PromptManifest.InstructionPlaceholder, StringComparison.Ordinal);
        if (picture < 0 || instruction < picture)
            throw new FormatException($"The template '{template}' must have {PromptManifest.ImageToken} and behind it {PromptManifest.InstructionPlaceholder}.");
        var text = picture + PromptManifest.ImageToken.Length;
        return new ChatText(template[..text], template[text..instruction], template[(instruction + PromptManifest.InstructionPlaceholder.Length)..]);
    }
}
