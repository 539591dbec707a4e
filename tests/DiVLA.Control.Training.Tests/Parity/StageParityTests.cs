using DiVLA.Control.ModelBuilder;
using DiVLA.Control.ModelBuilder.Graphs;
using DiVLA.Control.ModelBuilder.Onnx;
using DiVLA.Control.ModelBuilder.Safetensors;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Simulator.Cameras;
using DiVLA.Control.TestSupport;
using DiVLA.Control.Training.Data;
using DiVLA.Control.Training.Optimisation;

namespace DiVLA.Control.Training.Tests.Parity;

/// <summary>Whose weights a fixture compares.</summary>
public enum Twin
{
    DefaultSizes,
    DefaultSizesEpsilon,
    OtherSizes,
    OtherSizesSample,
    ShippedWeights,
}

/// <summary>Every graph gives what the training code gives for the same weights and inputs, to 1e-4 in fp32.</summary>
[TestFixture(Twin.DefaultSizes)]
[TestFixture(Twin.DefaultSizesEpsilon)]
[TestFixture(Twin.OtherSizes)]
[TestFixture(Twin.OtherSizesSample)]
[TestFixture(Twin.ShippedWeights)]
internal sealed class StageParityTests(Twin twin)
{
    private TwinModel _twin;
    private TrainingPath _training;

    [OneTimeSetUp]
    public void Build()
    {
        _twin = Create(twin);
        _training = new TrainingPath(_twin);
    }

    [OneTimeTearDown]
    public void Clean() => _twin.Dispose();

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(7)]
    [TestCase(int.MaxValue)]
    public void Backbone_AnyDraft_EqualsTraining(int draftLength)
    {
        var inputs = Inputs(seed: 11, draftLength);
        var expected = _training.Backbone(inputs);
        using var backbone = RunBackbone(inputs);

        Difference.Check("prompt_mean", backbone.Buffer<float>("prompt_mean"), expected.PromptMean);
        Difference.Check("reasoning_mean", backbone.Buffer<float>("reasoning_mean"), expected.ReasoningMean);
        Difference.Check("phrase_hidden", backbone.Buffer<float>("phrase_hidden"), expected.PhraseHidden);
        Assert.That(backbone.Buffer<long>("draft_argmax").ToArray(), Is.EqualTo(expected.ArgMax));
    }

    // Training has no cache: it reads the whole phrase at once. That each token, read alone over the cache that the prompt has left, comes out the
    // same is what holds the cache to training.
    [Test]
    public void Reasoning_TokenByToken_EqualsTrainingOverTheWholePhrase()
    {
        var inputs = Inputs(seed: 12, draftLength: int.MaxValue);
        var (expected, width) = (_training.Backbone(inputs), _twin.Config.HiddenSize);
        using var backbone = RunBackbone(Inputs(seed: 12, draftLength: 0));
        using var reasoning = SessionOver(backbone);
        for (var position = 0; position < _twin.Config.Prompt.MaxPhraseTokens; position++)
        {
            reasoning.Set<long>("token", [inputs.DraftTokens[position]]);
            reasoning.Set<long>("position", [_twin.Config.PromptLength + position]);
            reasoning.Run();

            Difference.Check($"hidden of token {position}", reasoning.Buffer<float>("hidden"), expected.PhraseHidden[(position * width)..((position + 1) * width)]);
            Assert.That(reasoning.Buffer<long>("next_token")[0], Is.EqualTo(expected.ArgMax[position + 1]), $"after token {position}");
        }
    }

    [Test]
    public void Film_MeansOfTheBackbone_EqualsTraining()
    {
        var (prompt, reasoning) = Means(Inputs(seed: 13, draftLength: 7));
        using var film = _twin.Session(WriteFilm());
        film.Set<float>("prompt_mean", prompt);
        film.Set<float>("reasoning_mean", reasoning);
        film.Run();
        Difference.Check("condition", film.Buffer<float>("condition"), _training.Film(prompt, reasoning));
    }

    [Test]
    public void Diffusion_AllSteps_EqualsTraining()
    {
        var inputs = Inputs(seed: 14, draftLength: 7);
        var (prompt, reasoning) = Means(inputs);
        using var diffusion = _twin.Session(_twin.Manifest.Graphs.Diffusion);
        diffusion.Set<float>("prompt_mean", prompt);
        diffusion.Set<float>("reasoning_mean", reasoning);
        diffusion.Set<float>("state", inputs.State);
        diffusion.Set<float>("noise", inputs.Noise);
        diffusion.Run();

        var expected = _training.Diffusion(prompt, reasoning, inputs);
        Difference.Check($"latent after {_twin.Manifest.Scheduler.InferenceTimesteps} steps", diffusion.Buffer<float>("latent"), expected);
        Assert.That(expected.Count(IsClipped), Is.LessThan(expected.Length / 2), "what is clipped on both sides compares nothing");
    }

    [Test]
    public void Embodiment_AnyPosture_EqualsTraining()
    {
        var inputs = Inputs(seed: 15, draftLength: 0);
        using var embodiment = _twin.Session(_twin.Manifest.Embodiments[0].Graph);
        embodiment.Set<float>("latent", inputs.Noise);
        embodiment.Set<float>("joints", inputs.Joints);
        embodiment.Run();

        var trajectory = embodiment.Buffer<float>("trajectory").ToArray();
        // The gripper's width is a choice between two constants, which training leaves to the graph.
        float[] joints = [.. trajectory.Chunk(inputs.Joints.Length + 1).SelectMany(sample => sample[..^1])];
        Difference.Check("joints", joints, _training.Embodiment(inputs.Noise, inputs.Joints));
    }

    private static TwinModel Create(Twin twin) => twin switch
    {
        Twin.DefaultSizes => TwinModel.Random(TestConfigs.Default),
        Twin.DefaultSizesEpsilon => TwinModel.Random(Predicting(TestConfigs.Default, PredictionType.Epsilon)),
        Twin.OtherSizes => TwinModel.Random(Untied(TestConfigs.Odd)),
        Twin.OtherSizesSample => TwinModel.Random(Predicting(Untied(TestConfigs.Odd), PredictionType.Sample)),
        _ => TwinModel.Shipped(),
    };

    // Training always has a language-model head of its own.
    private static ModelConfig Untied(ModelConfig config) => config with { TieWordEmbeddings = false };

    private static ModelConfig Predicting(ModelConfig config, PredictionType prediction) =>
        config with { Scheduler = config.Scheduler with { PredictionType = prediction } };

    private PolicyInputs Inputs(int seed, int draftLength)
    {
        var inputs = PolicyInputs.Random(_twin.Config, seed, Math.Min(draftLength, _twin.Config.Prompt.MaxPhraseTokens));
        return twin == Twin.ShippedWeights ? InAScene(inputs, seed) : inputs;
    }

    // Trained weights see what they were trained to see.
    private PolicyInputs InAScene(PolicyInputs inputs, int seed)
    {
        var batch = new Batch(_twin.Config, TestConfiguration.Vocabulary, size: 1);
        BatchProducer.Fill(batch, new SceneRenderer(), new TrainingOptions { Seed = (ulong)seed }, step: 0);
        return inputs with { Frames = batch.Frames, State = batch.State };
    }

    private bool IsClipped(double value) => Math.Abs(value) > _twin.Config.Scheduler.ClipSampleRange * 0.999;

    private GraphSession RunBackbone(PolicyInputs inputs)
    {
        var backbone = _twin.Session(_twin.Manifest.Graphs.Backbone);
        backbone.Set<byte>("frames", inputs.Frames);
        backbone.Set<long>("instruction_tokens", inputs.InstructionTokens);
        backbone.Set<float>("state", inputs.State);
        backbone.Set<long>("draft_tokens", inputs.DraftTokens);
        backbone.Set<long>("draft_length", inputs.DraftLength);
        backbone.Run();
        return backbone;
    }

    private GraphSession SessionOver(GraphSession backbone)
    {
        var reasoning = _twin.Session(_twin.Manifest.Graphs.Reasoning);
        for (var layer = 0; layer < _twin.Config.NumHiddenLayers; layer++)
            foreach (var half in (string[])["keys", "values"])
            {
                reasoning.Share($"present_{half}.{layer}", $"past_{half}.{layer}");
                reasoning.Set<float>($"past_{half}.{layer}", backbone.Buffer<float>($"{half}.{layer}"));
            }
        return reasoning;
    }

    private (float[] Prompt, float[] Reasoning) Means(PolicyInputs inputs)
    {
        using var backbone = RunBackbone(inputs);
        return (backbone.Buffer<float>("prompt_mean").ToArray(), backbone.Buffer<float>("reasoning_mean").ToArray());
    }

    // In a bundle Film is the first part of `diffusion.onnx`; here it stands alone, so that its result can be read.
    private GraphManifest WriteFilm()
    {
        using var weights = SafetensorsFile.Open(Path.Combine(_twin.Bundle, "model.safetensors"));
        var graph = new GraphBuilder("film", new WeightSource(weights));
        var width = _twin.Config.HiddenSize;
        var prompt = graph.Input("prompt_mean", TensorDtype.F32, 1, width);
        var reasoning = graph.Input("reasoning_mean", TensorDtype.F32, 1, width);
        graph.Output(FilmGraph.Build(graph, _twin.Config.HiddenSize, prompt, reasoning), "condition", TensorDtype.F32, 1, width);
        File.WriteAllBytes(Path.Combine(_twin.Bundle, "film.onnx"), graph.ToBytes());
        return new GraphManifest("film.onnx", [.. graph.Inputs], [.. graph.Outputs], new Dictionary<string, string>());
    }
}
