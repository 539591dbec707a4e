using DiVLA.Control.ModelBuilder.Safetensors;

namespace DiVLA.Control.TestSupport.Heads;

/// <summary>Weights of Film for heads that come without.</summary>
internal static class FilmWeights
{
    private static readonly string[] Layers =
    [
        "input_action_proj.mlps.0", "input_action_proj.mlps.2", "reasoning_action_proj.mlps.0", "reasoning_action_proj.mlps.2",
        "reasoning_film.scale_fc", "reasoning_film.shift_fc",
    ];

    /// <summary>All zero: the condition is then the prompt's mean, to the bit.</summary>
    public static IEnumerable<TensorData> PassingThePromptMean(int width) => Layers.SelectMany(layer => new[]
    {
        TensorData.FromFloats($"{layer}.weight", [width, width], new float[width * width]),
        TensorData.FromFloats($"{layer}.bias", [width], new float[width]),
    });
}
