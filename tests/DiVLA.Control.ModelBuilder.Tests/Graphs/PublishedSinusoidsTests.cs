using DiVLA.Control.ModelBuilder.Graphs;

namespace DiVLA.Control.ModelBuilder.Tests.Graphs;

public sealed class PublishedSinusoidsTests
{
    [TestCase(1f, 1f)]
    [TestCase(1.00390625f, 1f)] // half way between two bf16 numbers: to the even one
    [TestCase(1.01171875f, 1.015625f)]
    [TestCase(1.0039064f, 1.0078125f)]
    [TestCase(-0.1f, -0.10009765625f)]
    public void Brain_RoundsToTheNearest_TiesToEven(float value, float expected) => Assert.That(PublishedSinusoids.Brain(value), Is.EqualTo(expected));

    // The rounding is what the heads were trained with: without it the same formula is another one.
    [Test]
    public void Unet_AtTimeStep90_IsFarFromFp32()
    {
        var rounded = PublishedSinusoids.Unet(90, 256);
        var exact = Enumerable.Range(0, 128).Select(j => Math.Sin(90 * Math.Exp(-Math.Log(10000) / 127 * j)));
        Assert.That(rounded.Zip(exact, (a, b) => Math.Abs(a - b)).Max(), Is.InRange(0.2, 0.4));
        Assert.That(rounded, Has.Length.EqualTo(256).And.All.InRange(-1.0, 1.0));
    }

    [Test]
    public void ScaleDp_AtTimeStep0_IsOnesThenZeros() =>
        Assert.That(PublishedSinusoids.ScaleDp(0, 8), Is.EqualTo(new double[] { 1, 1, 1, 1, 0, 0, 0, 0 }));
}
