using DiVLA.Control.Datasets.Images;

namespace DiVLA.Control.Datasets.Tests.Images;

internal sealed class ResamplerTests
{
    [Test]
    public void Resample_ToTheSameSize_ChangesNothing()
    {
        var picture = Noise(9, 7);
        Assert.That(Resample(picture, 9, 7, 9, 7), Is.EqualTo(picture));
    }

    [TestCase(160, 128, 64, 64)]
    [TestCase(32, 32, 64, 64)]
    public void Resample_OneColour_KeepsIt(int width, int height, int targetWidth, int targetHeight)
    {
        var picture = Enumerable.Range(0, width * height).SelectMany(_ => (byte[])[10, 200, 77]).ToArray();
        Assert.That(Resample(picture, width, height, targetWidth, targetHeight).Chunk(3), Is.All.EqualTo(new byte[] { 10, 200, 77 }));
    }

    // Taking every second pixel would give all black or all white.
    [Test]
    public void Resample_AChessboardToHalf_GivesGrey()
    {
        var picture = Enumerable.Range(0, 64 * 64).SelectMany(pixel => Enumerable.Repeat((byte)((pixel % 64 + pixel / 64) % 2 * 255), 3)).ToArray();
        var half = Resample(picture, 64, 64, 32, 32);
        Assert.That(half, Is.All.InRange(120, 135));
    }

    [Test]
    public void Resample_AnEdge_StaysWhereItIs()
    {
        var picture = Enumerable.Range(0, 100 * 10).SelectMany(pixel => Enumerable.Repeat((byte)(pixel % 100 < 50 ? 0 : 255), 3)).ToArray();
        var small = Resample(picture, 100, 10, 20, 2);
        Assert.That(small[(20 + 8) * 3], Is.Zero);
        Assert.That(small[(20 + 11) * 3], Is.EqualTo(255));
    }

    private static byte[] Resample(byte[] picture, int width, int height, int targetWidth, int targetHeight)
    {
        var target = new byte[targetWidth * targetHeight * 3];
        new Resampler(width, height, targetWidth, targetHeight).Resample(picture, target);
        return target;
    }

    private static byte[] Noise(int width, int height)
    {
        var picture = new byte[width * height * 3];
        new Random(3).NextBytes(picture);
        return picture;
    }
}
