namespace DiVLA.Control.ModelBuilder.Graphs.Qwen2Vl;

/// <summary>Sizes of Qwen2-VL's vision tower, and how pictures are normalised for it.</summary>
/// <param name="Depth">Number of blocks.</param>
/// <param name="Width">E.</param>
/// <param name="Heads">Heads of a block.</param>
/// <param name="MlpWidth">Width inside a block's MLP.</param>
/// <param name="OutputWidth">D, of the decoder.</param>
/// <param name="Patch">Side of a patch. Unit: pixels.</param>
/// <param name="TemporalPatch">Frames that a patch spans; a single picture is repeated.</param>
/// <param name="Merge">Patches along a side of a token.</param>
/// <param name="Mean">Of each channel, in [0, 1].</param>
/// <param name="Deviation">Of each channel.</param>
internal sealed record VisionShape(
    int Depth, int Width, int Heads, int MlpWidth, int OutputWidth, int Patch, int TemporalPatch, int Merge, double[] Mean, double[] Deviation)
{
    /// <summary>Red, green and blue.</summary>
    public const int Channels = 3;

    /// <summary>Base of the periods of the rotary positions.</summary>
    public const double RopeTheta = 10000;

    /// <summary>Numbers a head.</summary>
    public int HeadDim => Width / Heads;

    /// <summary>Numbers of a patch of one picture.</summary>
    public int PatchNumbers => Channels * Patch * Patch;

    /// <summary>Width of a token before the merger: all of its patches.</summary>
    public int MergedWidth => Width * Merge * Merge;
}
