using DiVLA.Control.ModelBuilder.Checkpoints.Published;

namespace DiVLA.Control.TestSupport.Heads;

/// <summary>Configurations of published heads.</summary>
internal static class TestHeads
{
    /// <summary>DiVLA-2B's head on two arms.</summary>
    public static UnetHeadConfig Unet2B => new()
    {
        ActionSize = 14,
        StateSize = 14,
        Horizon = 16,
        TrainTimesteps = 100,
        InferenceTimesteps = 10,
        GlobalConditionSize = 1536,
        TimeEmbedding = 256,
        Channels = [256, 512, 1024],
        Kernel = 5,
        Groups = 8,
    };

    /// <summary>A small one whose sizes are all different, four levels deep.</summary>
    public static UnetHeadConfig UnetOdd => new()
    {
        ActionSize = 10,
        StateSize = 7,
        Horizon = 24,
        TrainTimesteps = 100,
        InferenceTimesteps = 5,
        GlobalConditionSize = 48,
        TimeEmbedding = 20,
        Channels = [16, 12, 40, 36],
        Kernel = 3,
        Groups = 4,
    };

    /// <summary>One level: no skips, no change of length.</summary>
    public static UnetHeadConfig UnetFlat => UnetOdd with { Channels = [24], Groups = 6, Horizon = 5 };

    /// <summary>DexVLA's smaller head.</summary>
    public static ScaleDpHeadConfig ScaleDpL => new()
    {
        ActionSize = 14,
        StateSize = 14,
        Horizon = 50,
        TrainTimesteps = 100,
        InferenceTimesteps = 10,
        GlobalConditionSize = 1536,
        Width = 1024,
        Depth = 24,
        Heads = 16,
        MlpRatio = 4,
        TimeAsCond = true,
        ObsAsCond = true,
        LearnSigma = false,
        IsTinyVla = false,
    };

    /// <summary>A small one whose sizes are all different.</summary>
    public static ScaleDpHeadConfig ScaleDpOdd => ScaleDpL with
    {
        ActionSize = 10, StateSize = 7, Horizon = 11, InferenceTimesteps = 4, GlobalConditionSize = 40, Width = 48, Depth = 3, Heads = 6, MlpRatio = 2.5,
    };
}
