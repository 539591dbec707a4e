using DiVLA.Control.Training.Optimisation;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DiVLA.Control.Training.Tests.Optimisation;

[TestFixture]
internal sealed class MuonTests
{
    // Whatever the gradient's scale and however lopsided it is: about the same step in every direction.
    [TestCase(1e-6)]
    [TestCase(1e3)]
    public void Step_AnyGradient_IsNearlyOrthogonal(double scale)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        var weight = new Parameter(zeros(8, 8));
        weight.grad = (randn(8, 8) * tensor(new float[] { 1, 2, 5, 10, 20, 50, 100, 200 })) * (float)scale;
        using var muon = new Muon([weight]);
        muon.Step(0.1);
        var values = linalg.svdvals(weight.detach()).data<float>().ToArray();
        Assert.That(values, Is.All.InRange(0.1 * 0.5, 0.1 * 1.3));
    }

    [Test]
    public void Step_TakenDownhill_EndsNearTheMinimum()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(2);
        var (weight, goal) = (new Parameter(zeros(6, 6)), randn(6, 6));
        using var muon = new Muon([weight]);
        for (var step = 0; step < 200; step++)
        {
            (weight - goal).square().sum().backward();
            muon.Step(0.1 * (1 - step / 200.0));
        }
        Assert.That((weight - goal).norm().item<float>(), Is.LessThan(0.1));
    }

    [Test]
    public void Step_ClearsTheGradient()
    {
        using var scope = NewDisposeScope();
        var weight = new Parameter(zeros(3, 3));
        weight.grad = ones(3, 3);
        using var muon = new Muon([weight]);
        muon.Step(0.1);
        Assert.That(weight.grad.abs().sum().item<float>(), Is.Zero);
    }
}
