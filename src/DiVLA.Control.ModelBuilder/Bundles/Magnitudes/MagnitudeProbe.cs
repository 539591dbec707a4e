using DiVLA.Control.ModelBuilder.Onnx;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Tokenizer;
using Microsoft.ML.OnnxRuntime;

namespace DiVLA.Control.ModelBuilder.Bundles.Magnitudes;

/// <summary>Runs an fp16 policy on probe inputs and sees whether its numbers stay within fp16. Activations of large models may not.</summary>
internal sealed class MagnitudeProbe
{
    private const int ReasoningSteps = 3;

    private static readonly string[] _filmPaths = ["/film", "/prompt_mean", "/reasoning_mean"];

    private readonly string _directory;
    private readonly PolicyManifest _manifest;
    private readonly ProbeInputs _inputs;
    private readonly CancellationToken _cancellation;

    private MagnitudeProbe(string directory, PolicyManifest manifest, CancellationToken cancellation)
    {
        (_directory, _manifest, _cancellation) = (directory, manifest, cancellation);
        var faults = new List<string>();
        _inputs = new ProbeInputs(manifest, ByteLevelTokenizer.TryOpen(Path.Combine(directory, "tokenizer.json"), faults) ?? throw new ModelBuildException(faults));
    }

    /// <summary>The largest magnitude of every stage, in the order of the path.</summary>
    /// <exception cref="ModelBuildException">Some stage leaves fp16; lists all that do.</exception>
    /// <exception cref="OperationCanceledException">Cancelled between two runs.</exception>
    public static IReadOnlyList<StageMagnitude> Run(string directory, PolicyManifest manifest, CancellationToken cancellation)
    {
        var stages = new MagnitudeProbe(directory, manifest, cancellation).Run();
        string[] faults = [.. stages.Where(stage => !(stage.Largest <= FloatBytes.LargestHalf)).Select(Fault)];
        return faults.Length == 0 ? stages : throw new ModelBuildException(faults);
    }

    private static string Fault(StageMagnitude stage) => FormattableString.Invariant(
        $"{stage.Graph}: node '{stage.Node}': reaches {stage.Largest:G4} on probe inputs, fp16 holds {FloatBytes.LargestHalf}; build with --precision bf16 or fp32.");

    private IReadOnlyList<StageMagnitude> Run()
    {
        using var backbone = new TappedGraph(_directory, _manifest.Graphs.Backbone);
        using var reasoning = new TappedGraph(_directory, _manifest.Graphs.Reasoning);
        using var diffusion = new TappedGraph(_directory, _manifest.Graphs.Diffusion);
        foreach (var picture in ProbeInputs.Pictures)
        {
            _cancellation.ThrowIfCancellationRequested();
            using var hidden = Backbone(backbone, picture);
            Reasoning(reasoning, hidden);
            Diffusion(diffusion, hidden);
        }
        return
        [
            .. backbone.Largest(node => node.StartsWith("/vision", StringComparison.Ordinal) ? "vision" : "decoder"),
            .. reasoning.Largest(_ => "reasoning"),
            .. diffusion.Largest(node => Array.Exists(_filmPaths, path => node.StartsWith(path, StringComparison.Ordinal)) ? "film" : "diffusion"),
        ];
    }

    private OutputValues Backbone(TappedGraph graph, Func<ProbeInputs, CameraManifest, byte[]> picture)
    {
        var inputs = new Dictionary<string, OrtValue>();
        for (var camera = 0; camera < _manifest.Cameras.Length; camera++)
            inputs[$"frames.{camera}"] = Value(picture(_inputs, _manifest.Cameras[camera]), _manifest.Cameras[camera].PictureHeight, _manifest.Cameras[camera].PictureWidth, 3);
        var text = _inputs.TextTokens();
        inputs["text_tokens"] = Value(text, 1, text.Length);
        inputs["text_length"] = Value([(long)_inputs.Text.Length], 1);
        inputs["draft_length"] = Value([(long)_inputs.Draft.Length], 1);
        return Run(graph, inputs, inputs.Values);
    }

    private void Reasoning(TappedGraph graph, OutputValues backbone)
    {
        var length = _manifest.PrefixLength + _inputs.Text.Length;
        for (var step = 0; step < Math.Min(ReasoningSteps, _inputs.Draft.Length); step++)
        {
            var own = new Dictionary<string, OrtValue> { ["token"] = Value([(long)_inputs.Draft[step]], 1, 1), ["position"] = Value([(long)length + step], 1) };
            var inputs = new Dictionary<string, OrtValue>(own);
            for (var layer = 0; layer < _manifest.Decoder.Layers; layer++)
                (inputs[$"past_keys.{layer}"], inputs[$"past_values.{layer}"]) = (backbone[$"keys.{layer}"], backbone[$"values.{layer}"]);
            Run(graph, inputs, own.Values).Dispose();
        }
    }

    private void Diffusion(TappedGraph graph, OutputValues backbone)
    {
        var latent = _manifest.Latent;
        var own = new Dictionary<string, OrtValue>
        {
            ["state"] = Value(_inputs.Noise(_manifest.State.Size), 1, _manifest.State.Size),
            ["noise"] = Value(_inputs.Noise(latent.Horizon * latent.Size), 1, latent.Horizon, latent.Size),
        };
        var inputs = new Dictionary<string, OrtValue>(own) { ["prompt_mean"] = backbone["prompt_mean"], ["reasoning_mean"] = backbone["reasoning_mean"] };
        Run(graph, inputs, own.Values).Dispose();
    }

    private static OutputValues Run(TappedGraph graph, Dictionary<string, OrtValue> inputs, IEnumerable<OrtValue> own)
    {
        try
        {
            return graph.Run(inputs);
        }
        finally
        {
            foreach (var value in own) value.Dispose();
        }
    }

    private static OrtValue Value<T>(T[] numbers, params long[] shape) where T : unmanaged => OrtValue.CreateTensorValueFromMemory(numbers, shape);
}
