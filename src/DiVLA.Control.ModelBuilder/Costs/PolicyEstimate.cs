using DiVLA.Control.ModelBuilder.Bundles;
using DiVLA.Control.Policy;
using DiVLA.Control.Policy.Bundle;

namespace DiVLA.Control.ModelBuilder.Costs;

/// <summary>What a policy takes on one accelerator, by the accelerator's figures.</summary>
/// <param name="Accelerator">Its name, as the command line has it.</param>
/// <param name="PassMs">A full pass without decoding: Backbone, Film, Diffusion. Unit: ms.</param>
/// <param name="TokenMs">One token of a new phrase. Unit: ms.</param>
/// <param name="PhraseMs">A new phrase of <see cref="PhraseTokens"/> tokens. Unit: ms.</param>
/// <param name="WeightBytes">Weights on the device. Backbone and Reasoning each hold the decoder. Unit: bytes.</param>
/// <param name="CacheBytes">One KV cache; a session has two, its own and that of the phrase being decoded. Unit: bytes.</param>
/// <param name="ActivationBytes">What the largest graph must keep of what it computes. Unit: bytes.</param>
/// <param name="Devices">Accelerators that it takes to hold all of this with one session: more than one cannot be used yet.</param>
public sealed record PolicyEstimate(
    string Accelerator, double PassMs, double TokenMs, double PhraseMs, long WeightBytes, long CacheBytes, long ActivationBytes, int Devices)
{
    /// <summary>Tokens of a phrase that times are given for.</summary>
    public const int PhraseTokens = 20;

    private const int CachesPerSession = 2;

    /// <summary>Everything that one session needs on the device. Unit: bytes.</summary>
    public long DeviceBytes => WeightBytes + CachesPerSession * CacheBytes + ActivationBytes;

    /// <summary>Adds up what the stages take.</summary>
    /// <returns>Null where a stage's costs are not known.</returns>
    public static PolicyEstimate? Of(IReadOnlyList<StageReport> stages, DecoderManifest decoder, Accelerator accelerator)
    {
        var onDevice = stages.Where(stage => stage.Stage != PolicyStage.Embodiment).ToArray();
        if (Array.Exists(onDevice, stage => stage.Cost is null)) return null;
        double Ms(Func<PolicyStage, bool> isMeant) => onDevice.Where(stage => isMeant(stage.Stage)).Sum(stage => stage.Cost!.ExpectedMs);
        var token = Ms(stage => stage == PolicyStage.Reasoning);
        var estimate = new PolicyEstimate(
            accelerator.Name,
            Ms(stage => stage != PolicyStage.Reasoning),
            token,
            PhraseTokens * token,
            onDevice.Sum(stage => stage.WeightBytes),
            BytesOf(decoder),
            onDevice.Max(stage => stage.Cost!.PeakActivationBytes),
            Devices: 1);
        return estimate with { Devices = (int)Math.Ceiling((double)estimate.DeviceBytes / accelerator.MemoryBytes) };
    }

    private static long BytesOf(DecoderManifest decoder)
    {
        var numbers = 2L * decoder.Layers * decoder.KeyValueHeads * decoder.CacheLength * decoder.HeadDim;
        return numbers * (decoder.CacheDtype == TensorDtype.F32 ? sizeof(float) : sizeof(ushort));
    }
}
