using DiVLA.Control.Policy.Decode;

namespace DiVLA.Control.ModelBuilder.Checkpoints.Published;

/// <summary>`preprocessor_config.json`: how pictures are resized, normalised and cut.</summary>
internal sealed record PreprocessorConfig(SmartResize Resize, double[] ImageMean, double[] ImageStd)
{
    /// <summary>Name of the file in a checkpoint's folder.</summary>
    public const string FileName = "preprocessor_config.json";

    private const int Bicubic = 3;

    /// <summary>As Qwen2-VL's own says, for finding other faults where a checkpoint has none.</summary>
    public static PreprocessorConfig Qwen2Vl(Qwen2VlVisionConfig vision) => new(
        new SmartResize(vision.PatchSize * vision.SpatialMergeSize, 56 * 56, 28 * 28 * 16384),
        [0.48145466, 0.4578275, 0.40821073],
        [0.26862954, 0.26130258, 0.27577711]);

    /// <summary>Reads the file and holds it to the backbone.</summary>
    public static PreprocessorConfig Read(JsonSection json, Qwen2VlVisionConfig vision)
    {
        var (min, max) = (json.Integer("min_pixels"), json.Integer("max_pixels"));
        json.Require(min > 0 && max >= min, "max_pixels", max, $"at least min_pixels, {min},");
        Same(json, "patch_size", vision.PatchSize);
        Same(json, "temporal_patch_size", vision.TemporalPatchSize);
        Same(json, "merge_size", vision.SpatialMergeSize);
        foreach (var step in (string[])["do_resize", "do_rescale", "do_normalize", "do_convert_rgb"]) json.Require(json.Flag(step, true), step, "false", "true");
        json.Require(json.Integer("resample", Bicubic) == Bicubic, "resample", json.Integer("resample", Bicubic), $"{Bicubic}, bicubic,");
        json.Require(
            Math.Abs(json.Number("rescale_factor", 1 / 255.0) * 255 - 1) < 1e-6, "rescale_factor", json.Number("rescale_factor", 1 / 255.0), "1/255");
        var (mean, deviation) = (json.Numbers("image_mean"), json.Numbers("image_std"));
        json.Require(mean.Length == 3, "image_mean", $"{mean.Length} numbers", "one a channel, 3,");
        json.Require(deviation.Length == 3 && deviation.All(value => value > 0), "image_std", $"[{string.Join(", ", deviation)}]", "3 numbers above 0");
        return new PreprocessorConfig(new SmartResize(Math.Max(1, vision.PatchSize * vision.SpatialMergeSize), min, max), mean, deviation);
    }

    private static void Same(JsonSection json, string name, int size) =>
        json.Require(json.Integer(name, size) == size, name, json.Integer(name, size), $"config.json's {size}");
}
