using DiVLA.Control.ModelBuilder.Checkpoints.Published;
using DiVLA.Control.ModelBuilder.Onnx;
using DiVLA.Control.ModelBuilder.Onnx.Schema;
using DiVLA.Control.ModelBuilder.Safetensors;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Tokenizer;
using DiVLA.Control.TestSupport;
using Google.Protobuf;

namespace DiVLA.Control.ModelBuilder.Tests.Golden;

/// <summary>The backbone's graphs of a golden case's checkpoint and cameras, in a folder of their own.</summary>
internal sealed class GoldenBackbone : IDisposable
{
    private const string Backbone = "backbone";
    private const string Reasoning = "reasoning";

    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, GraphManifest> _manifests = [];
    private readonly GoldenCase _case;
    private readonly ByteLevelTokenizer _tokenizer;
    private readonly ChatText _text;

    public GoldenBackbone(GoldenCase golden, TensorDtype dtype = TensorDtype.F32, Action<GraphBuilder, Qwen2VlBackbone>? build = null)
    {
        _case = golden;
        var (checkpoint, faults) = (golden.Folder.Checkpoint, new List<string>());
        var config = Qwen2VlConfig.Read(JsonSection.Open(Path.Combine(checkpoint, "config.json"), faults)!);
        var preprocessor = PreprocessorConfig.Read(JsonSection.Open(Path.Combine(checkpoint, PreprocessorConfig.FileName), faults)!, config.Vision);
        _tokenizer = ByteLevelTokenizer.TryOpen(Path.Combine(checkpoint, "tokenizer.json"), faults)!;
        var template = ChatTemplate.Render(checkpoint, golden.Cameras.Count, faults);
        Special = TokenizerConfig.Read(JsonSection.Open(Path.Combine(checkpoint, TokenizerConfig.FileName), faults)!, _tokenizer);
        Assert.That(faults, Is.Empty);

        _text = ChatText.Parse(template);
        // Some room behind the text and behind the phrase, which must change nothing.
        var lengths = new TextLengths(TextTokens(golden.Instruction).Length + 5, Math.Max(1, golden.GeneratedTokens + 1));
        Parts = Qwen2VlBackbone.Create(config, preprocessor, _tokenizer.Encode(_text.Prefix), golden.Cameras, lengths);
        Write(dtype, build);
    }

    public Qwen2VlBackbone Parts { get; }

    public SpecialTokensManifest Special { get; }

    public string Folder => _folder.Path;

    /// <summary>Ids of the text behind the last picture.</summary>
    public long[] Text => TextTokens(_case.Instruction);

    /// <summary>Ids of the whole prompt.</summary>
    public long[] Prompt => [.. Parts.Layout.Tokens.Select(token => (long)token), .. Text];

    public ModelProto BackboneModel => Load(Backbone);

    public ModelProto ReasoningModel => Load(Reasoning);

    /// <summary>A session of the backbone that also gives values from within: element type, shape.</summary>
    public GraphSession OpenBackbone(params (string Value, TensorDtype Dtype, long[] Shape)[] exposed) => Open(Backbone, exposed);

    /// <summary>A session of the reasoning graph that also gives values from within.</summary>
    public GraphSession OpenReasoning(params (string Value, TensorDtype Dtype, long[] Shape)[] exposed) => Open(Reasoning, exposed);

    /// <summary>Sets all inputs: the case's pictures as they were resized by the original, its text, a draft.</summary>
    public void SetInputs(GraphSession session, SafetensorsFile expected, ReadOnlySpan<long> draft)
    {
        for (var camera = 0; camera < _case.Cameras.Count; camera++) session.Set<byte>($"frames.{camera}", expected.Bytes($"resized{camera}"));
        var text = session.Buffer<long>("text_tokens");
        text.Fill(Special.Pad);
        Text.CopyTo(text);
        draft.CopyTo(text[Text.Length..]);
        session.Set<long>("text_length", [Text.Length]);
        session.Set<long>("draft_length", [draft.Length]);
    }

    public void Dispose() => _folder.Dispose();

    private long[] TextTokens(string instruction) =>
        [.. new[] { _text.Before, instruction, _text.After }.SelectMany(part => _tokenizer.Encode(part)).Select(token => (long)token)];

    private void Write(TensorDtype dtype, Action<GraphBuilder, Qwen2VlBackbone>? build)
    {
        var faults = new List<string>();
        using var weights = PublishedWeights.Open(_case.Folder.Checkpoint, dtype, faults);
        Assert.That(faults, Is.Empty);
        var source = new WeightSource(weights);
        Write(source, Backbone, graph => (build ?? ((graph, parts) => parts.BuildBackbone(graph)))(graph, Parts));
        Write(source, Reasoning, Parts.BuildReasoning);
        source.ThrowOnFaults();
        foreach (var shard in weights.Kept) File.Copy(shard.Path, _folder.File(Path.GetFileName(shard.Path)));
        if (weights.Converted.Count > 0) weights.Converted.Write(_folder.File(PublishedWeights.ConvertedFileName));
    }

    private void Write(WeightSource weights, string name, Action<GraphBuilder> build)
    {
        var graph = new GraphBuilder(name, weights);
        build(graph);
        File.WriteAllBytes(_folder.File($"{name}.onnx"), graph.ToBytes());
        _manifests[name] = new GraphManifest($"{name}.onnx", [.. graph.Inputs], [.. graph.Outputs], new Dictionary<string, string>());
    }

    private ModelProto Load(string name) => ModelProto.Parser.ParseFrom(File.ReadAllBytes(_folder.File($"{name}.onnx")));

    private GraphSession Open(string name, (string Value, TensorDtype Dtype, long[] Shape)[] exposed)
    {
        var (model, manifest) = (Load(name), _manifests[name]);
        foreach (var (value, dtype, _) in exposed)
        {
            var type = new TypeProto.Types.Tensor { ElemType = (int)ElementTypes.ToOnnx(dtype) };
            model.Graph.Output.Add(new ValueInfoProto { Name = value, Type = new TypeProto { TensorType = type } });
        }
        var file = $"{name}.exposed.{Guid.NewGuid():N}.onnx";
        File.WriteAllBytes(_folder.File(file), model.ToByteArray());
        TensorManifest[] outputs = [.. manifest.Outputs, .. exposed.Select(value => new TensorManifest(value.Value, value.Dtype, value.Shape))];
        return new GraphSession(_folder.Path, manifest with { File = file, Outputs = outputs });
    }
}
