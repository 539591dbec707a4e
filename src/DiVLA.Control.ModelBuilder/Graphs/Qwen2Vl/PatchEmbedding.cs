using DiVLA.Control.ModelBuilder.Onnx;

namespace DiVLA.Control.ModelBuilder.Graphs.Qwen2Vl;

/// <summary>uint8 pictures to patch embeddings `[S, E]`, S patches of all pictures.</summary>
/// <remarks>
/// <code>
///  frames.i uint8 [h, w, 3] ─► patches uint8 [S_i, 3 * 14 * 14] ─┬─► concat ─► / 255 ─► product + bias ─► [S, E]
/// </code>
/// The original repeats the picture in time, normalises it by mean and deviation, and convolves. All of it is linear in the pixels: the kernel's
/// slices are summed over time, deviations divide them, means go into a bias. That halves the product and leaves nothing of the normalisation.
/// </remarks>
internal static class PatchEmbedding
{
    private const string KernelName = "visual.patch_embed.proj.weight";

    public static Value Build(GraphBuilder graph, VisionShape shape, IReadOnlyList<(Value Frame, PictureGrid Grid)> pictures)
    {
        var patches = pictures.Select((picture, index) => Patches(graph, $"/vision/patches.{index}", picture.Frame, picture.Grid)).ToArray();
        var all = patches.Length == 1 ? patches[0] : graph.Concat("/vision/patches", 0, patches);
        var scaled = graph.Mul("/vision/scale", graph.Narrow("/vision/scale", all), graph.Scalar(1 / 255f));
        var (kernel, bias) = Folded(graph.Weights, shape);
        return graph.Gemm(
            "/vision/patch_embed",
            scaled,
            graph.Constant("/vision/patch_embed/kernel", kernel, shape.Width, shape.PatchNumbers),
            graph.Constant("/vision/patch_embed/bias", bias, shape.Width));
    }

    // [token rows, merge, patch, token columns, merge, patch, channel] ─► tokens, patches of a token, channel, pixels
    private static Value Patches(GraphBuilder graph, string path, Value frame, PictureGrid grid)
    {
        var cells = graph.Reshape($"{path}/cells", frame, grid.TokenRows, grid.Merge, grid.Patch, grid.TokenColumns, grid.Merge, grid.Patch, VisionShape.Channels);
        var ordered = graph.Transpose(path, cells, 0, 3, 1, 4, 6, 2, 5);
        return graph.Reshape(path, ordered, grid.Patches, VisionShape.Channels * grid.Patch * grid.Patch);
    }

    private static (float[] Kernel, float[] Bias) Folded(WeightSource weights, VisionShape shape)
    {
        var (pixels, frames) = (shape.Patch * shape.Patch, shape.TemporalPatch);
        var original = weights.Values(KernelName, shape.Width, VisionShape.Channels, frames, shape.Patch, shape.Patch);
        var (kernel, bias) = (new float[shape.Width * shape.PatchNumbers], new float[shape.Width]);
        for (var row = 0; row < shape.Width * VisionShape.Channels; row++)
        {
            var (output, channel) = Math.DivRem(row, VisionShape.Channels);
            var sum = 0.0;
            for (var pixel = 0; pixel < pixels; pixel++)
            {
                var weight = 0.0;
                for (var frame = 0; frame < frames; frame++) weight += original[(row * frames + frame) * pixels + pixel];
                kernel[row * pixels + pixel] = (float)(weight / shape.Deviation[channel]);
                sum += weight / shape.Deviation[channel];
            }
            bias[output] -= (float)(sum * shape.Mean[channel]);
        }
        return (kernel, bias);
    }
}
