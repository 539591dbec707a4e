using System.Runtime.CompilerServices;
using System.Text.Json;

namespace DiVLA.Control.TestSupport;

/// <summary>What the original PyTorch code computed for a small checkpoint: the copy in `tests/golden`, and any other folder of that layout.</summary>
/// <param name="Path">Folder with `cases.json`, `cases` and `checkpoint`.</param>
public sealed record GoldenFolder(string Path)
{
    /// <summary>Names another folder of the same layout to run the tests from as well.</summary>
    public const string EnvironmentVariable = "DIVLA_GOLDEN";

    // Initialised before what reads files with it.
    private static readonly JsonSerializerOptions JsonOptions = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>The checkpoint in its published layout.</summary>
    public string Checkpoint => System.IO.Path.Combine(Path, "checkpoint");

    /// <summary>The dataset's statistics: in the checkpoint's folder, or in the one above, as they are published.</summary>
    public string StatisticsFile => new[] { System.IO.Path.Combine(Checkpoint, "dataset_stats.json"), PathOf("dataset_stats.json") }.First(File.Exists);

    /// <summary>The copy in `tests/golden`.</summary>
    public static GoldenFolder Own { get; } = new(OwnPath());

    /// <summary>The tests' own folder, and the one that the environment names.</summary>
    public static IReadOnlyList<GoldenFolder> All { get; } =
        Environment.GetEnvironmentVariable(EnvironmentVariable) is { Length: > 0 } other ? [Own, new GoldenFolder(other)] : [Own];

    /// <summary>Every case of every folder.</summary>
    public static IReadOnlyList<GoldenCase> AllCases { get; } = [.. All.SelectMany(folder => folder.Cases())];

    /// <summary>The case that adapters and pixel values go with.</summary>
    public GoldenCase FirstCase => Cases().First();

    /// <summary>Path of a file or folder of this one.</summary>
    public string PathOf(string name) => System.IO.Path.Combine(Path, name);

    /// <inheritdoc/>
    public override string ToString() => System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(Path));

    /// <summary>Every case of this folder.</summary>
    public IEnumerable<GoldenCase> Cases()
    {
        using var file = File.OpenRead(PathOf("cases.json"));
        return [.. JsonSerializer.Deserialize<CaseEntry[]>(file, JsonOptions)!.Select(entry => new GoldenCase(this, entry))];
    }

    private static string OwnPath([CallerFilePath] string source = "") =>
        System.IO.Path.GetFullPath(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(source)!, "../golden"));
    internal sealed record CaseEntry(
        string Case, int[][] Cameras, string Instruction, string Prompt, int PromptTokens, string GeneratedText, int GeneratedTokens, bool EndsWithEos);
}

/// <summary>One case: pictures and an instruction with everything that was computed from them.</summary>
public sealed class GoldenCase
{
    private readonly GoldenFolder.CaseEntry _entry;

    internal GoldenCase(GoldenFolder folder, GoldenFolder.CaseEntry entry) => (Folder, _entry) = (folder, entry);

    public GoldenFolder Folder { get; }

    public string Name => _entry.Case;

    /// <summary>Width and height of each camera's picture. Unit: pixels.</summary>
    public IReadOnlyList<(int Width, int Height)> Cameras => [.. _entry.Cameras.Select(size => (size[0], size[1]))];

    public string Instruction => _entry.Instruction;

    /// <summary>The whole prompt, with one image token a vision token.</summary>
    public string Prompt => _entry.Prompt;

    /// <summary>Number of prompt tokens.</summary>
    public int PromptTokens => _entry.PromptTokens;

    /// <summary>What greedy decoding said, end token included where it came.</summary>
    public string GeneratedText => _entry.GeneratedText;

    /// <summary>Number of tokens that were generated, the end token included.</summary>
    public int GeneratedTokens => _entry.GeneratedTokens;

    /// <summary>False where the phrase was cut by the token limit.</summary>
    public bool EndsWithEos => _entry.EndsWithEos;

    /// <summary>True where the original's text begins with a phrase. The last token is missing from one that was cut, and a letter may be cut with it.</summary>
    public bool BeginsWith(string phrase) => GeneratedText.StartsWith(phrase.TrimEnd('\uFFFD'), StringComparison.Ordinal);

    /// <summary>Everything that was computed.</summary>
    public string ExpectedPath => PathOf("expected.safetensors");

    /// <summary>Path of one of the case's files.</summary>
    public string PathOf(string name) => Folder.PathOf(Path.Combine("cases", Name, name));

    /// <inheritdoc/>
    public override string ToString() => $"{Folder}/{Name}";
}
