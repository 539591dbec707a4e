using DiVLA.Control.Policy.Backbone;
using DiVLA.Control.Policy.Bundle.Arms;
using DiVLA.Control.Policy.Decode;
using DiVLA.Control.Policy.Diffusion;
using DiVLA.Control.Policy.Film;
using DiVLA.Control.Policy.Onnx;
using DiVLA.Control.Policy.Onnx.Devices;
using DiVLA.Control.Policy.Reasoning;
using Microsoft.ML.OnnxRuntime;

namespace DiVLA.Control.Policy.Bundle.Checks;

/// <summary>Runs every graph once on a grey picture and an arm at rest: all outputs must be finite.</summary>
internal sealed class ProbeCheck
{
    private const byte Grey = 128;

    private readonly PolicyManifest _manifest;
    private readonly SharedGraphs _graphs;
    private readonly FaultList _faults;

    public ProbeCheck(PolicyManifest manifest, SharedGraphs graphs, FaultList faults) =>
        (_manifest, _graphs, _faults) = (manifest, graphs, faults);

    public void Run(IReadOnlyDictionary<string, LoadedEmbodiment> embodiments)
    {
        using var frames = new CameraTensors(_manifest, _graphs.Device);
        using var state = new GraphTensor<float>(_graphs.Device, 1, _manifest.State.Size);
        frames.Fill(Grey);

        using var backbone = new BackboneStage(_graphs.Backbone, _manifest, frames, state);
        Probe(
            _manifest.Graphs.Backbone.File,
            () => RunBackbone(backbone),
            [
                backbone.PromptMean, backbone.ReasoningMean, .. backbone.Presence is { } presence ? new[] { presence } : [],
                .. backbone.Cache.Keys, .. backbone.Cache.Values,
            ]);

        using var token = new TokenDecoder(_graphs.Reasoning, _manifest, backbone.Cache);
        Probe(_manifest.Graphs.Reasoning.File, () => token.Step(_manifest.SpecialTokens.Eos, _manifest.PromptLength), [token.Hidden]);

        var film = new FilmStage(backbone.PromptMean, backbone.ReasoningMean, ablation: null);
        using var diffusion = new DiffusionStage(_graphs.Diffusion, _manifest.Latent, film, state, 0, NoiseDraw.OncePerSession);
        Probe(_manifest.Graphs.Diffusion.File, () => diffusion.Run(), [diffusion.Latent]);

        foreach (var embodiment in _manifest.Embodiments)
            ProbeEmbodiment(embodiment, embodiments[embodiment.Name], diffusion.Latent);
    }

    private void RunBackbone(BackboneStage backbone)
    {
        var instruction = new long[_manifest.Prompt.InstructionTokens];
        Array.Fill(instruction, _manifest.SpecialTokens.Pad);
        backbone.Prefill(new Instruction("", instruction, _manifest.PromptLength), [_manifest.SpecialTokens.Eos]);
    }

    private void ProbeEmbodiment(EmbodimentManifest manifest, LoadedEmbodiment embodiment, GraphTensor<float> latent)
    {
        try
        {
            _faults.Require(
                EmbodimentProbe.IsFinite(embodiment.Graph, embodiment.Profile, latent, _manifest),
                manifest.Graph.File, "probe", "numbers that are not finite", "finite outputs");
        }
        catch (Exception error) when (error is OnnxRuntimeException or DeviceException)
        {
            _faults.Add(manifest.Graph.File, "probe", error.Message, "a graph that runs");
        }
    }

    private void Probe(string file, Action run, IEnumerable<GraphTensor> outputs)
    {
        try
        {
            run();
            _faults.Require(outputs.All(IsFinite), file, "probe", "numbers that are not finite", "finite outputs");
        }
        catch (Exception error) when (error is OnnxRuntimeException or DeviceException)
        {
            _faults.Add(file, "probe", error.Message, "a graph that runs");
        }
    }

    private static bool IsFinite(GraphTensor output)
    {
        output.Download();
        return output.IsFinite;
    }
}
