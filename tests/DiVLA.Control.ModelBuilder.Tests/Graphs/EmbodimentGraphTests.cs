using System.Text.Json;
using DiVLA.Control.ModelBuilder.Tests.Reference;
using DiVLA.Control.Robot;
using DiVLA.Control.TestSupport;

namespace DiVLA.Control.ModelBuilder.Tests.Graphs;

public sealed class EmbodimentGraphTests
{
    private RandomBundle _bundle;
    private GraphSession _session;
    private PolicyInputs _inputs;

    [OneTimeSetUp]
    public void Build()
    {
        _bundle = new RandomBundle(TestConfigs.Default);
        _session = _bundle.Session(_bundle.Manifest.Embodiments[0].Graph);
        _inputs = PolicyInputs.Random(_bundle.Config, 41, 0);
    }

    [OneTimeTearDown]
    public void Clean()
    {
        _session.Dispose();
        _bundle.Dispose();
    }

    [Test]
    public void Embodiment_RandomWeights_EqualsReference()
    {
        Run(_inputs.Noise);
        var profile = JsonSerializer.Deserialize<EmbodimentProfile>(
            File.ReadAllText(Path.Combine(_bundle.Folder, _bundle.Manifest.Embodiments[0].Profile)), EmbodimentProfile.JsonOptions)!;
        var expected = ReferenceEmbodiment.Run(
            _bundle.Config.Latent,
            profile,
            _bundle.Weights("embodiments/panda/embodiment.safetensors"),
            Array.ConvertAll(_inputs.Noise, value => (double)value),
            Array.ConvertAll(_inputs.Joints, value => (double)value));
        Difference.Check("trajectory", _session.Buffer<float>("trajectory"), expected);
    }

    [TestCase(1f, 0.08f)]
    [TestCase(0.01f, 0.08f)]
    [TestCase(0f, 0f)]
    [TestCase(-1f, 0f)]
    public void GripperWidth_LatentSign_SelectsOpenOrClosed(float sign, float width)
    {
        var latent = _inputs.Noise.ToArray();
        latent[^1] = sign;
        Run(latent);
        Assert.That(_session.Buffer<float>("trajectory")[^1], Is.EqualTo(width));
    }

    private void Run(float[] latent)
    {
        _session.Set<float>("latent", latent);
        _session.Set<float>("joints", _inputs.Joints);
        _session.Run();
    }
}
