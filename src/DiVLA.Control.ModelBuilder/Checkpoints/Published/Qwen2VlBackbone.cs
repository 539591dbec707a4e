using DiVLA.Control.ModelBuilder.Graphs;
using DiVLA.Control.ModelBuilder.Graphs.Qwen2Vl;
using DiVLA.Control.ModelBuilder.Onnx;
using DiVLA.Control.Policy.Bundle;

namespace DiVLA.Control.ModelBuilder.Checkpoints.Published;

/// <summary>The backbone of a published checkpoint for given cameras: everything that its two graphs are built from.</summary>
internal sealed class Qwen2VlBackbone
{
    private readonly Qwen2VlConfig _config;

    private Qwen2VlBackbone(Qwen2VlConfig config, PreprocessorConfig preprocessor, PictureGrid[] grids, PromptLayout layout)
    {
        (_config, Grids, Layout) = (config, grids, layout);
        Decoder = new DecoderShape(
            config.HiddenSize,
            config.NumHiddenLayers,
            config.NumAttentionHeads,
            config.NumKeyValueHeads,
            config.HeadDim,
            config.IntermediateSize,
            config.VocabSize,
            config.RmsNormEps,
            config.TieWordEmbeddings,
            layout.Length);
        Vision = new VisionShape(
            config.Vision.Depth,
            config.Vision.EmbedDim,
            config.Vision.NumHeads,
            config.Vision.MlpWidth,
            config.Vision.HiddenSize,
            config.Vision.PatchSize,
            config.Vision.TemporalPatchSize,
            config.Vision.SpatialMergeSize,
            preprocessor.ImageMean,
            preprocessor.ImageStd);
    }

    /// <summary>Sizes of the decoder.</summary>
    public DecoderShape Decoder { get; }

    /// <summary>Sizes of the vision tower.</summary>
    public VisionShape Vision { get; }

    /// <summary>Each camera's picture, after resizing.</summary>
    public IReadOnlyList<PictureGrid> Grids { get; }

    /// <summary>What stands where in the prompt.</summary>
    public PromptLayout Layout { get; }

    /// <summary>Pairs of a head that turn with time, row and column.</summary>
    public int[] MropeSection => _config.MropeSection;

    /// <summary>Base of the decoder's rotary periods.</summary>
    public double RopeTheta => _config.RopeTheta;

    /// <summary>Rotary angles of each place, `[N][head_dim / 2]`.</summary>
    public double[][] Angles => RotaryAngles.Sectioned(Layout.Positions, MropeSection, Decoder.HeadDim, RopeTheta);

    /// <summary>Lays the prompt out for cameras of given sizes.</summary>
    /// <param name="config">`config.json`.</param>
    /// <param name="preprocessor">`preprocessor_config.json`.</param>
    /// <param name="prefix">Ids of the chat up to the last picture, one image token a picture.</param>
    /// <param name="cameras">Width and height of each camera's frames. Unit: pixels.</param>
    /// <param name="lengths">Lengths of the text.</param>
    public static Qwen2VlBackbone Create(
        Qwen2VlConfig config,
        PreprocessorConfig preprocessor,
        IReadOnlyList<int> prefix,
        IEnumerable<(int Width, int Height)> cameras,
        TextLengths lengths)
    {
        var sizes = cameras.Select(camera => preprocessor.Resize.SizeOf(camera.Width, camera.Height));
        PictureGrid[] grids = [.. sizes.Select(size => new PictureGrid(size.Width, size.Height, config.Vision.PatchSize, config.Vision.SpatialMergeSize))];
        var layout = new PromptLayout(prefix, config.ImageTokenId, grids, lengths.Instruction, lengths.Phrase);
        return new Qwen2VlBackbone(config, preprocessor, grids, layout);
    }

    /// <summary>Adds `backbone.onnx` to an empty graph.</summary>
    public void BuildBackbone(GraphBuilder graph) => ChatBackboneGraph.Build(graph, Decoder, Vision, Grids, Layout, Angles);

    /// <summary>Adds `reasoning.onnx` to an empty graph.</summary>
    public void BuildReasoning(GraphBuilder graph) => ReasoningGraph.Build(graph, Decoder, Angles);

    /// <summary>The decoder as `policy.json` has it.</summary>
    public DecoderManifest DecoderManifest(TensorDtype cacheDtype) =>
        new(Decoder.Layers, Decoder.KeyValueHeads, Decoder.HeadDim, Decoder.CacheLength, Decoder.HiddenSize, cacheDtype);
}

/// <summary>Lengths of the prompt's text and of the phrase. Unit: tokens.</summary>
/// <param name="Instruction">I, most tokens of the text behind the last picture: the instruction and the chat's own text around it.</param>
/// <param name="Phrase">P, most tokens of a phrase, without the end token.</param>
internal sealed record TextLengths(int Instruction, int Phrase);
