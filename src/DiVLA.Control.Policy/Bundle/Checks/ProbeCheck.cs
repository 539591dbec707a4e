using DiVLA.Control.Policy.Backbone;
using DiVLA.Control.Policy.Decode;
using DiVLA.Control.Policy.Diffusion;
using DiVLA.Control.Policy.Film;
using DiVLA.Control.Policy.Onnx;
using DiVLA.Control.Policy.Onnx.Devices;
using DiVLA.Control.Policy.Reasoning;
using DiVLA.Control.Robot;
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

    public void Run(IReadOnlyDictionary<string, EmbodimentProfile> profiles)
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
            ProbeEmbodiment(embodiment, profiles[embodiment.Name], diffusion.Latent);
    }

    private void RunBackbone(BackboneStage backbone)
    {
        var instruction = new long[_manifest.Prompt.InstructionTokens];
        Array.Fill(instruction, _manifest.SpecialTokens.Pad);
        backbone.Prefill(new Instruction("", instruction, _manifest.PromptLength), [_manifest.SpecialTokens.Eos]);
    }

    private void ProbeEmbodiment(EmbodimentManifest embodiment, EmbodimentProfile profile, GraphTensor<float> latent)
    {
        using var joints = new GraphTensor<float>(1, profile.JointCount);
        using var trajectory = new GraphTensor<float>(1, _manifest.Latent.Horizon, profile.JointCount + 1);
        for (var joint = 0; joint < profile.JointCount; joint++)
            joints.Span[joint] = (float)profile.RestRad[joint];
        var graph = _graphs.Embodiments[embodiment.Name];
        using var runner = new GraphRunner(graph, [("latent", latent), ("joints", joints)], [("trajectory", trajectory)]);
        Probe(embodiment.Graph.File, runner.Run, [trajectory]);
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
