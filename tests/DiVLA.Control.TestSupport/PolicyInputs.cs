using DiVLA.Control.ModelBuilder;
using DiVLA.Control.Simulator.Arm;

namespace DiVLA.Control.TestSupport;

/// <summary>Inputs of all graphs, as flat arrays in the graphs' own layout.</summary>
/// <param name="Frames">uint8 `[1, C, h, w, 3]`.</param>
/// <param name="InstructionTokens">int64 `[1, instruction]`.</param>
/// <param name="State">float `[1, S]`.</param>
/// <param name="DraftTokens">int64 `[1, P]`.</param>
/// <param name="DraftLength">int64 `[1]`.</param>
/// <param name="Noise">float `[1, H, L]`.</param>
/// <param name="Joints">float `[1, 7]`, near the rest position.</param>
public sealed record PolicyInputs(
    byte[] Frames, long[] InstructionTokens, float[] State, long[] DraftTokens, long[] DraftLength, float[] Noise, float[] Joints)
{
    /// <summary>Random inputs of the right sizes.</summary>
    public static PolicyInputs Random(ModelConfig config, int seed, int draftLength)
    {
        var random = new Random(seed);
        float Between(double low, double high) => (float)(low + (high - low) * random.NextDouble());
        float[] Floats(int count, double range) => [.. Enumerable.Range(0, count).Select(_ => Between(-range, range))];
        long[] Tokens(int count) => [.. Enumerable.Range(0, count).Select(_ => (long)random.Next(3, config.VocabSize))];

        var frames = new byte[config.Cameras.Sum(camera => camera.Width * camera.Height * 3)];
        random.NextBytes(frames);
        var draft = Tokens(config.Prompt.MaxPhraseTokens);
        Array.Fill(draft, config.Prompt.PadTokenId, draftLength, draft.Length - draftLength);
        return new PolicyInputs(
            frames,
            Tokens(config.Prompt.InstructionTokens),
            Floats(config.State.Size, 1),
            draft,
            [draftLength],
            Floats(config.Latent.Horizon * config.Latent.Size, 1.7),
            [.. ArmProfiles.Panda.RestRad.Select(angle => (float)angle + Between(-0.3, 0.3))]);
    }
}
