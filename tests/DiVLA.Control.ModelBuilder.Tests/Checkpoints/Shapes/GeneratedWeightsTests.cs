using DiVLA.Control.ModelBuilder.Bundles;
using DiVLA.Control.ModelBuilder.Checkpoints.Shapes;
using DiVLA.Control.ModelBuilder.Safetensors;
using DiVLA.Control.Policy.Bundle;

namespace DiVLA.Control.ModelBuilder.Tests.Checkpoints.Shapes;

public sealed class GeneratedWeightsTests
{
    private const string Matrix = "model.layers.0.mlp.up_proj.weight";

    [Test]
    public void Numbers_OfAMatrix_KeepActivationsNearOne()
    {
        var numbers = Numbers(Matrix, 400, 256);
        Assert.That(numbers.Average(), Is.EqualTo(0).Within(0.001));
        Assert.That(Math.Sqrt(numbers.Average(number => number * number)), Is.EqualTo(1.0 / 16).Within(0.001));
    }

    [Test]
    public void Numbers_OfANorm_AreNearOne() => Assert.That(Numbers("model.norm.weight", 4096).Average(), Is.EqualTo(1).Within(0.01));

    [Test]
    public void Numbers_DependOnTheNameAlone()
    {
        var numbers = Numbers(Matrix, 8, 8);
        Assert.That(Numbers(Matrix, 8, 8), Is.EqualTo(numbers));
        Assert.That(numbers, Is.Not.EqualTo(Numbers("model.layers.1.mlp.up_proj.weight", 8, 8)));
    }

    [TestCase(TensorDtype.F32)]
    [TestCase(TensorDtype.F16)]
    [TestCase(TensorDtype.BF16)]
    public void File_HoldsWhatWasAskedFor_WhereTheGraphsPoint(TensorDtype dtype)
    {
        using var folder = new TemporaryFolder();
        using var weights = new GeneratedWeights(dtype);
        // More numbers than are made at once, and not a multiple of that.
        (string Name, long[] Shape)[] tensors = [("a.weight", [300, 301]), ("b.bias", [7]), ("c.weight", [3, 5, 2])];
        var places = Array.ConvertAll(tensors, tensor =>
        {
            Assert.That(weights.Find(tensor.Name, tensor.Shape)!.Shape, Is.EqualTo(tensor.Shape));
            return weights.Place(tensor.Name);
        });
        weights.Write(folder.Path, new StepCounter(null, 1, default));

        using var file = SafetensorsFile.Open(folder.File(GeneratedWeights.FileName));
        Assert.That(new FileInfo(file.Path).Length, Is.EqualTo(weights.Planned.Single().Bytes));
        foreach (var ((name, shape), place) in tensors.Zip(places))
        {
            Assert.That(file.Entry(name).Shape, Is.EqualTo(shape));
            Assert.That((file.Entry(name).FileOffset, file.Entry(name).Length), Is.EqualTo((place.Offset, place.Length)));
            Assert.That(file.Floats(name), Is.EqualTo(weights.Floats(name)).Within(dtype == TensorDtype.F32 ? 0 : 0.01));
        }
    }

    private static float[] Numbers(string name, params long[] shape)
    {
        using var weights = new GeneratedWeights(TensorDtype.F32);
        weights.Find(name, shape);
        return weights.Floats(name);
    }
}
