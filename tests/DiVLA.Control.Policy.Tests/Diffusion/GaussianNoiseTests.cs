using DiVLA.Control.Policy.Diffusion;

namespace DiVLA.Control.Policy.Tests.Diffusion;

[TestFixture]
internal sealed class GaussianNoiseTests
{
    [Test]
    public void Draw_SameSeed_GivesTheSameBits()
    {
        var (first, second) = (Draw(seed: 5, count: 112), Draw(seed: 5, count: 112));
        Assert.That(first, Is.EqualTo(second));
    }

    [Test]
    public void Draw_OtherSeed_GivesOtherNumbers()
    {
        Assert.That(Draw(seed: 5, count: 112), Is.Not.EqualTo(Draw(seed: 6, count: 112)));
    }

    [Test]
    public void Draw_Twice_GoesOnInTheSequence()
    {
        var noise = new GaussianNoise(5);
        var (first, second) = (new float[64], new float[64]);
        noise.Draw(first);
        noise.Draw(second);
        Assert.That((float[])[.. first, .. second], Is.EqualTo(Draw(5, 128)));
    }

    // The first two outputs of SplitMix64 from seed 0 are published: E220A8397B1DCDAF and 6E789E6AA1B965F4.
    [Test]
    public void Draw_SeedZero_FollowsSplitMix64AndBoxMuller()
    {
        var (u, v) = (0.8833108082136427, 0.4315279970485101);
        var radius = Math.Sqrt(-2 * Math.Log(u));
        Assert.That(
            Draw(0, 2), Is.EqualTo(new[] { (float)(radius * Math.Cos(2 * Math.PI * v)), (float)(radius * Math.Sin(2 * Math.PI * v)) }).Within(1e-6f));
    }

    [Test]
    public void Draw_ManyNumbers_AreStandardNormal()
    {
        var numbers = Draw(seed: 1, count: 100_000);
        var mean = numbers.Average();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(mean, Is.Zero.Within(0.02));
            Assert.That(numbers.Average(x => (x - mean) * (x - mean)), Is.EqualTo(1).Within(0.02));
            Assert.That(numbers.Average(x => x * x * x * x), Is.EqualTo(3).Within(0.1), "kurtosis");
            Assert.That(numbers.Count(x => Math.Abs(x) < 1) / 100_000.0, Is.EqualTo(0.6827).Within(0.01));
        }
    }

    [Test]
    public void Draw_OddCount_FillsTheLast()
    {
        Assert.That(Draw(3, 7), Is.EqualTo(Draw(3, 8)[..7]));
    }

    private static float[] Draw(ulong seed, int count)
    {
        var numbers = new float[count];
        new GaussianNoise(seed).Draw(numbers);
        return numbers;
    }
}
