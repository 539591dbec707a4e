namespace DiVLA.Control.ModelBuilder.Tests.Reference;

/// <summary>The convolution stem of `docs/model.md`.</summary>
internal static class ReferenceVision
{
    /// <summary>Tokens of all cameras, `[C * cells][D]`.</summary>
    public static double[][] Tokens(ModelConfig config, ReferenceWeights weights, byte[] frames)
    {
        var camera = config.Cameras[0];
        var size = camera.Width * camera.Height * 3;
        return [.. Enumerable.Range(0, config.Cameras.Length).SelectMany(c => Camera(config, weights, frames.AsSpan(c * size, size), c))];
    }

    private static double[][] Camera(ModelConfig config, ReferenceWeights weights, ReadOnlySpan<byte> pixels, int index)
    {
        var (height, width) = (config.Cameras[0].Height, config.Cameras[0].Width);
        var image = new double[3, height, width];
        for (var i = 0; i < pixels.Length; i++) image[i % 3, i / 3 / width, i / 3 % width] = pixels[i] / 127.5 - 1;
        for (var stem = 0; stem < config.Vision.StemChannels.Length; stem++)
            image = Convolve(image, weights[$"vision.stem.{stem}.weight"], weights[$"vision.stem.{stem}.bias"], kernel: 3, padding: 1, relu: true);
        var cells = Convolve(image, weights["vision.merge.weight"], weights["vision.merge.bias"], kernel: 2, padding: 0, relu: false);

        var columns = cells.GetLength(2);
        var position = weights["vision.position"];
        return [.. Enumerable.Range(0, config.Vision.TokensPerCamera).Select(cell =>
        {
            var row = Enumerable.Range(0, config.HiddenSize).Select(d => cells[d, cell / columns, cell % columns]).ToArray();
            var first = (index * config.Vision.TokensPerCamera + cell) * config.HiddenSize;
            return Rows.Add(weights.LayerNorm("vision.norm", row), position[first..(first + config.HiddenSize)]);
        })];
    }

    // Stride 2 throughout.
    private static double[,,] Convolve(double[,,] input, double[] weight, double[] bias, int kernel, int padding, bool relu)
    {
        var (from, height, width) = (input.GetLength(0), input.GetLength(1), input.GetLength(2));
        var output = new double[bias.Length, (height + 2 * padding - kernel) / 2 + 1, (width + 2 * padding - kernel) / 2 + 1];
        for (var o = 0; o < bias.Length; o++)
            for (var y = 0; y < output.GetLength(1); y++)
                for (var x = 0; x < output.GetLength(2); x++)
                {
                    var sum = bias[o];
                    for (var i = 0; i < from; i++)
                        for (var ky = 0; ky < kernel; ky++)
                            for (var kx = 0; kx < kernel; kx++)
                            {
                                var (row, column) = (2 * y + ky - padding, 2 * x + kx - padding);
                                if (row < 0 || row >= height || column < 0 || column >= width) continue;
                                sum += weight[((o * from + i) * kernel + ky) * kernel + kx] * input[i, row, column];
                            }
                    output[o, y, x] = relu ? Math.Max(sum, 0) : sum;
                }
        return output;
    }
}
