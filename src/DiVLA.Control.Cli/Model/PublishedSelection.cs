using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using DiVLA.Control.ModelBuilder;
using DiVLA.Control.ModelBuilder.Bundles;
using DiVLA.Control.Policy.Bundle;

namespace DiVLA.Control.Cli.Model;

/// <summary>What a published checkpoint does not say itself.</summary>
internal sealed class PublishedSelection
{
    private static readonly (string Word, TensorDtype Dtype)[] _precisions =
        [("fp32", TensorDtype.F32), ("fp16", TensorDtype.F16), ("bf16", TensorDtype.BF16)];

    private readonly Option<FileInfo?> _statistics = new("--stats")
    {
        Description = "The dataset's statistics, JSON. Default: dataset_stats.json in the checkpoint's folder, or in the one above it.",
        HelpName = "FILE",
    };

    private readonly Option<FileInfo?> _embodiment = new("--embodiment")
    {
        Description = "Description of the arm, JSON: joints, limits, gripper, cameras. Needed for published checkpoints.",
        HelpName = "FILE",
    };

    private readonly Option<DirectoryInfo?> _lora = new("--lora") { Description = "Folder of a PEFT adapter to merge into the weights.", HelpName = "DIR" };

    private readonly Option<TensorDtype> _precision = new("--precision")
    {
        Description = $"What the graphs compute in: {Words}. Fp32 for the CPU, fp16 or bf16 for CUDA.",
        HelpName = Words,
        DefaultValueFactory = _ => TensorDtype.F32,
        CustomParser = ParsePrecision,
    };

    private readonly Option<CameraConfig[]> _cameras = new("--camera")
    {
        Description = "A camera and its frames' size, in the order of training; once for each. Default: those of the arm's description.",
        HelpName = "NAME=WIDTHxHEIGHT",
        DefaultValueFactory = _ => [],
        CustomParser = result => [.. result.Tokens.Select(token => ParseCamera(token.Value, result)).OfType<CameraConfig>()],
    };

    private readonly Option<double?> _rate = new("--action-rate")
    {
        Description = "Actions a second in the dataset. Default: the arm's description's, and else its control rate.",
        HelpName = "HZ",
    };

    private readonly Option<int> _instruction = SharedOptions.Count("--instruction-tokens", "Most tokens of an instruction, with the few of the chat around it.", 64);

    private readonly Option<int> _phrase = SharedOptions.Count("--phrase-tokens", "Most tokens of a phrase: one less than the original's max_new_tokens cuts it where the original does.", 64);

    private static string Words => string.Join("|", _precisions.Select(precision => precision.Word));

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_statistics, _embodiment, _lora, _precision, _cameras, _rate, _instruction, _phrase]) command.Add(option);
    }

    public PublishedOptions Of(ParseResult parsed) => new()
    {
        StatisticsFile = parsed.GetValue(_statistics)?.FullName,
        EmbodimentFile = parsed.GetValue(_embodiment)?.FullName,
        LoraDirectory = parsed.GetValue(_lora)?.FullName,
        Precision = parsed.GetValue(_precision),
        Cameras = parsed.GetValue(_cameras) ?? [],
        ActionRateHz = parsed.GetValue(_rate),
        InstructionTokens = parsed.GetValue(_instruction),
        PhraseTokens = parsed.GetValue(_phrase),
    };

    private static TensorDtype ParsePrecision(ArgumentResult result)
    {
        var word = result.Tokens[0].Value;
        foreach (var precision in _precisions)
            if (string.Equals(precision.Word, word, StringComparison.OrdinalIgnoreCase)) return precision.Dtype;
        result.AddError($"--precision: found '{word}', expected {Words}");
        return default;
    }

    private static CameraConfig? ParseCamera(string text, ArgumentResult result)
    {
        var (name, size) = text.Split('=') is [var before, var behind] ? (before, behind.Split('x')) : ("", []);
        if (name.Length > 0 && size is [var width, var height] && Side(width) is { } columns && Side(height) is { } rows) return new CameraConfig(name, columns, rows);
        result.AddError($"--camera: found '{text}', expected a name and a size, as in cam_high=640x480");
        return null;
    }

    private static int? Side(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var side) ? side : null;
}
