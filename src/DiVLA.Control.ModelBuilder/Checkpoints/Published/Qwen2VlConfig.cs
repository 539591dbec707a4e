namespace DiVLA.Control.ModelBuilder.Checkpoints.Published;

/// <summary>The backbone's part of a published checkpoint's `config.json`. Names are the file's own.</summary>
internal sealed record Qwen2VlConfig
{
    /// <summary>`model_type` of Qwen2-VL itself and of DiVLA's and DexVLA's policies on it.</summary>
    public static IReadOnlyList<string> ModelTypes { get; } = ["qwen2_vl", "qwen2_vla", "dex_vla"];

    // Far beyond every published size, and small enough that a file full of nonsense cannot take all memory.
    private const int MostLayers = 1024;
    private const int MostOfAnySize = 1 << 20;

    /// <summary>One of <see cref="ModelTypes"/>.</summary>
    public required string ModelType { get; init; }

    public required int HiddenSize { get; init; }

    public required int NumHiddenLayers { get; init; }

    public required int NumAttentionHeads { get; init; }

    public required int NumKeyValueHeads { get; init; }

    public required int IntermediateSize { get; init; }

    public required int VocabSize { get; init; }

    public required int MaxPositionEmbeddings { get; init; }

    public required double RmsNormEps { get; init; }

    public required double RopeTheta { get; init; }

    /// <summary>Pairs of a head that turn with time, row and column.</summary>
    public required int[] MropeSection { get; init; }

    public required bool TieWordEmbeddings { get; init; }

    public required int ImageTokenId { get; init; }

    public required Qwen2VlVisionConfig Vision { get; init; }

    /// <summary>Numbers a head.</summary>
    public int HeadDim => HiddenSize / NumAttentionHeads;

    /// <summary>Reads and checks the file.</summary>
    /// <returns>The configuration; worth something only where no fault was added.</returns>
    public static Qwen2VlConfig Read(JsonSection json)
    {
        var modelType = json.Text("model_type");
        json.Require(ModelTypes.Contains(modelType), "model_type", $"'{modelType}'", string.Join(" or ", ModelTypes));
        var config = new Qwen2VlConfig
        {
            ModelType = modelType,
            HiddenSize = json.Integer("hidden_size"),
            NumHiddenLayers = json.Integer("num_hidden_layers"),
            NumAttentionHeads = json.Integer("num_attention_heads"),
            NumKeyValueHeads = json.Integer("num_key_value_heads"),
            IntermediateSize = json.Integer("intermediate_size"),
            VocabSize = json.Integer("vocab_size"),
            MaxPositionEmbeddings = json.Integer("max_position_embeddings"),
            RmsNormEps = json.Number("rms_norm_eps"),
            RopeTheta = json.Number("rope_theta"),
            MropeSection = [.. json.Section("rope_scaling").Numbers("mrope_section").Select(pairs => (int)pairs)],
            TieWordEmbeddings = json.Flag("tie_word_embeddings"),
            ImageTokenId = json.Integer("image_token_id"),
            Vision = Qwen2VlVisionConfig.Read(json.Section("vision_config")),
        };
        config.Check(json);
        return config;
    }

    private void Check(JsonSection json)
    {
        (string Name, double Value)[] positives =
        [
            ("hidden_size", HiddenSize), ("num_hidden_layers", NumHiddenLayers), ("num_attention_heads", NumAttentionHeads),
            ("num_key_value_heads", NumKeyValueHeads), ("intermediate_size", IntermediateSize), ("vocab_size", VocabSize),
            ("max_position_embeddings", MaxPositionEmbeddings), ("rms_norm_eps", RmsNormEps), ("rope_theta", RopeTheta),
        ];
        var wrong = positives.Where(member => json.Has(member.Name) && !(member.Value > 0)).ToArray();
        foreach (var (name, value) in wrong) json.Fault(name, value, "more than 0");
        json.Require(NumHiddenLayers <= MostLayers, "num_hidden_layers", NumHiddenLayers, $"at most {MostLayers}");
        (string Name, int Value)[] sizes = [("hidden_size", HiddenSize), ("intermediate_size", IntermediateSize), ("vocab_size", VocabSize)];
        foreach (var (name, value) in sizes) json.Require(value <= MostOfAnySize, name, value, $"at most {MostOfAnySize}");
        if (Array.TrueForAll(positives, member => member.Value > 0)) CheckHeads(json);
        json.Require(json.Text("hidden_act", "silu") == "silu", "hidden_act", $"'{json.Text("hidden_act", "silu")}'", "'silu'");
        json.Require(!json.Flag("use_sliding_window", false), "use_sliding_window", "true", "false");
        json.Require(ImageTokenId >= 0 && ImageTokenId < VocabSize, "image_token_id", ImageTokenId, $"an id below vocab_size, {VocabSize},");
        json.Require(Vision.HiddenSize == HiddenSize, "vision_config.hidden_size", Vision.HiddenSize, $"the decoder's hidden_size, {HiddenSize},");
    }

    private void CheckHeads(JsonSection json)
    {
        json.Require(HiddenSize % NumAttentionHeads == 0, "num_attention_heads", NumAttentionHeads, $"a divisor of hidden_size, {HiddenSize},");
        json.Require(
            NumAttentionHeads % NumKeyValueHeads == 0, "num_key_value_heads", NumKeyValueHeads, $"a divisor of num_attention_heads, {NumAttentionHeads},");
        json.Require(HeadDim % 8 == 0, "num_attention_heads", NumAttentionHeads, $"a number that leaves heads of a multiple of 8, not {HeadDim},");
        json.Require(
            MropeSection.Length == 3 && MropeSection.All(pairs => pairs >= 0) && 2 * MropeSection.Sum() == HeadDim,
            "rope_scaling.mrope_section", $"[{string.Join(", ", MropeSection)}]", $"three numbers with the sum {HeadDim / 2}, half a head,");
    }
}
