using DiVLA.Control.Policy.Bundle;

namespace DiVLA.Control.ModelBuilder.Checkpoints.Published;

/// <summary>The chat of a published checkpoint: `chat_template.jinja`, `chat_template.json`, or the same member of `tokenizer_config.json`.</summary>
/// <remarks>
/// The file is a Jinja program. Published checkpoints all carry Qwen2-VL's, so it is recognised, not interpreted: what it renders for one user message of
/// pictures and an instruction, with a generation prompt, is known.
/// </remarks>
internal static class ChatTemplate
{
    /// <summary>Name of the file in a checkpoint's folder.</summary>
    public const string FileName = "chat_template.json";

    /// <summary>What to do about a file that is Qwen2-VL's and missing.</summary>
    public const string Remedy = "copy it from the Qwen2-VL checkpoint that was trained";

    /// <summary>Qwen2-VL's template.</summary>
    public const string Qwen2Vl =
        "{% set image_count = namespace(value=0) %}{% set video_count = namespace(value=0) %}{% for message in messages %}"
        + "{% if loop.first and message['role'] != 'system' %}<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n{% endif %}"
        + "<|im_start|>{{ message['role'] }}\n{% if message['content'] is string %}{{ message['content'] }}<|im_end|>\n{% else %}"
        + "{% for content in message['content'] %}{% if content['type'] == 'image' or 'image' in content or 'image_url' in content %}"
        + "<|vision_start|><|image_pad|><|vision_end|>{% elif 'text' in content %}{{ content['text'] }}{% endif %}{% endfor %}<|im_end|>\n"
        + "{% endif %}{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";

    // Written by later releases of transformers, which also read it first.
    private const string ProgramFileName = "chat_template.jinja";

    private const string ImageCount = "{% set image_count.value = image_count.value + 1 %}{% if add_vision_id %}Picture {{ image_count.value }}: {% endif %}";

    private const string VideoBranch =
        "{% elif content['type'] == 'video' or 'video' in content %}{% set video_count.value = video_count.value + 1 %}"
        + "{% if add_vision_id %}Video {{ video_count.value }}: {% endif %}<|vision_start|><|video_pad|><|vision_end|>";

    /// <summary>The rendered chat for a number of pictures, as a bundle's `prompt.template`.</summary>
    /// <param name="directory">The checkpoint.</param>
    /// <param name="pictures">Number of cameras.</param>
    /// <param name="faults">Takes what is wrong.</param>
    public static string Render(string directory, int pictures, ICollection<string> faults)
    {
        var file = new[] { ProgramFileName, FileName, TokenizerConfig.FileName }.Select(name => Path.Combine(directory, name)).FirstOrDefault(HasTemplate);
        if (file is null) faults.Add($"{Path.Combine(directory, FileName)}: is missing; {Remedy}.");
        else if (!IsKnown(Read(file, faults))) faults.Add($"{file}: chat_template: is not Qwen2-VL's, the only one that can be built.");
        var views = string.Concat(Enumerable.Repeat($"<|vision_start|>{PromptManifest.ImageToken}<|vision_end|>", pictures));
        return "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\n"
            + $"{views}{PromptManifest.InstructionPlaceholder}<|im_end|>\n<|im_start|>assistant\n";
    }

    // Later releases number pictures and have videos, of which a policy's prompt has neither.
    private static bool IsKnown(string template) =>
        template.Replace(ImageCount, "", StringComparison.Ordinal).Replace(VideoBranch, "", StringComparison.Ordinal) == Qwen2Vl;

    private static bool IsProgram(string path) => Path.GetFileName(path) == ProgramFileName;

    private static string Read(string path, ICollection<string> faults) =>
        IsProgram(path) ? File.ReadAllText(path) : JsonSection.Open(path, faults)!.Text("chat_template");

    private static bool HasTemplate(string path) => IsProgram(path) ? File.Exists(path) : File.Exists(path) && JsonSection.Open(path, [])?.Has("chat_template") == true;
}
