namespace DiVLA.Control.ModelBuilder.Checkpoints.Published;

/// <summary>`vision_config` of a published checkpoint. Names are the file's own.</summary>
/// <param name="Depth">Number of blocks.</param>
/// <param name="EmbedDim">Width of the blocks.</param>
/// <param name="HiddenSize">Width of the features, which is the decoder's.</param>
/// <param name="NumHeads">Heads of a block.</param>
/// <param name="MlpRatio">Width inside a block's MLP, in units of <paramref name="EmbedDim"/>.</param>
/// <param name="PatchSize">Unit: pixels.</param>
/// <param name="TemporalPatchSize">Unit: frames.</param>
/// <param name="SpatialMergeSize">Patches along a side of a token.</param>
internal sealed record Qwen2VlVisionConfig(
    int Depth, int EmbedDim, int HiddenSize, int NumHeads, double MlpRatio, int PatchSize, int TemporalPatchSize, int SpatialMergeSize)
{
    // Far beyond every published size, and small enough that a file full of nonsense cannot take all memory.
    private const int MostBlocks = 1024;
    private const int MostWidth = 1 << 14;
    private const int MostPatch = 64;
    private const int MostMerge = 8;

    /// <summary>Width inside a block's MLP.</summary>
    public int MlpWidth => (int)(EmbedDim * MlpRatio);

    /// <summary>Reads and checks the section.</summary>
    /// <remarks>What it leaves out is as in Qwen2-VL: a section that transformers has saved names only what differs from that.</remarks>
    public static Qwen2VlVisionConfig Read(JsonSection json)
    {
        var config = new Qwen2VlVisionConfig(
            json.Integer("depth", 32),
            json.Integer("embed_dim", 1280),
            json.Integer("hidden_size", 3584),
            json.Integer("num_heads", 16),
            json.Number("mlp_ratio", 4),
            json.Integer("patch_size", 14),
            json.Integer("temporal_patch_size", 2),
            json.Integer("spatial_merge_size", 2));
        config.Check(json);
        return config;
    }

    private void Check(JsonSection json)
    {
        (string Name, double Value)[] positives =
        [
            ("depth", Depth), ("embed_dim", EmbedDim), ("num_heads", NumHeads), ("mlp_ratio", MlpRatio), ("patch_size", PatchSize),
            ("temporal_patch_size", TemporalPatchSize), ("spatial_merge_size", SpatialMergeSize),
        ];
        foreach (var (name, value) in positives.Where(member => json.Has(member.Name) && !(member.Value > 0))) json.Fault(name, value, "more than 0");
        json.Require(Depth <= MostBlocks, "depth", Depth, $"at most {MostBlocks}");
        json.Require(EmbedDim <= MostWidth, "embed_dim", EmbedDim, $"at most {MostWidth}");
        json.Require(PatchSize <= MostPatch, "patch_size", PatchSize, $"at most {MostPatch}");
        json.Require(SpatialMergeSize <= MostMerge, "spatial_merge_size", SpatialMergeSize, $"at most {MostMerge}");
        json.Require(TemporalPatchSize <= MostMerge, "temporal_patch_size", TemporalPatchSize, $"at most {MostMerge}");
        if (NumHeads > 0)
            json.Require(EmbedDim % (4 * NumHeads) == 0, "num_heads", NumHeads, $"a number that divides embed_dim, {EmbedDim}, into heads of a multiple of 4,");
        var channels = json.Integer(json.Has("in_channels") ? "in_channels" : "in_chans", 3);
        json.Require(channels == 3, "in_chans", channels, "3");
        var activation = json.Text("hidden_act", "quick_gelu");
        json.Require(activation == "quick_gelu", "hidden_act", $"'{activation}'", "'quick_gelu'");
    }
}
