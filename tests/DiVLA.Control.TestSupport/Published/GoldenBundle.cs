using System.Text;
using DiVLA.Control.ModelBuilder.Bundles;
using DiVLA.Control.ModelBuilder.Safetensors;
using DiVLA.Control.Policy.Decode;
using DiVLA.Control.Policy.Onnx;

namespace DiVLA.Control.TestSupport.Published;

/// <summary>A golden checkpoint and a case's cameras, as `divla model build` wants them, in a temporary folder.</summary>
public sealed class GoldenBundle : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("divla-golden-");

    public GoldenBundle(GoldenCase golden)
    {
        (Case, Arm) = (golden, new GoldenArm(golden));
        Arm.Save(EmbodimentFile);
        Expected = SafetensorsFile.Open(golden.ExpectedPath);
    }

    public GoldenCase Case { get; }

    public GoldenArm Arm { get; }

    /// <summary>Everything that the original computed.</summary>
    public SafetensorsFile Expected { get; }

    /// <summary>The bundle's folder.</summary>
    public string Folder => Path.Combine(_folder.FullName, "bundle");

    /// <summary>The arm's description.</summary>
    public string EmbodimentFile => Path.Combine(_folder.FullName, "arm.json");

    /// <summary>Most tokens of a phrase. The original cuts one token later, and never reads that token.</summary>
    public int PhraseTokens => Case.EndsWithEos ? Case.GeneratedTokens + 5 : Math.Max(1, Case.GeneratedTokens - 1);

    /// <summary>Most tokens of the text behind the last picture: a byte is at most a token.</summary>
    public int InstructionTokens => 32 + Encoding.UTF8.GetByteCount(Case.Instruction);

    /// <summary>Tokens of the phrase that were read by the model.</summary>
    public int[] Phrase => [.. Expected.Integers("generated_ids")[..^1].Select(id => (int)id)];

    /// <summary>The case's pictures as files, as a robot sends them.</summary>
    public IReadOnlyList<byte[]> Pictures => [.. Case.Cameras.Select((_, index) => File.ReadAllBytes(Case.PathOf($"camera{index}.png")))];

    /// <summary>The case's pictures as frames.</summary>
    public CameraFrame[] Frames() =>
        [.. Case.Cameras.Select((size, index) => new CameraFrame(Arm.Cameras[index], FrameEncoding.Png, size.Width, size.Height, Pictures[index]))];

    /// <summary>Builds the bundle.</summary>
    /// <param name="change">Changes what the checkpoint does not say itself.</param>
    /// <param name="onnx">Where it is run for its verification; null for the CPU.</param>
    public BuiltBundle Build(Func<PublishedOptions, PublishedOptions>? change = null, OnnxOptions? onnx = null)
    {
        var options = new PublishedOptions
        {
            StatisticsFile = Case.Folder.StatisticsFile,
            EmbodimentFile = EmbodimentFile,
            InstructionTokens = InstructionTokens,
            PhraseTokens = PhraseTokens,
        };
        return BundleBuilder.Build(new BuildRequest(Case.Folder.Checkpoint, Folder) { Published = change?.Invoke(options) ?? options, Onnx = onnx ?? new OnnxOptions() });
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Expected.Dispose();
        _folder.Delete(recursive: true);
    }
}
