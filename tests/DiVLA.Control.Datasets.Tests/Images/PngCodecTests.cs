using DiVLA.Control.Datasets.Images;

namespace DiVLA.Control.Datasets.Tests.Images;

internal sealed class PngCodecTests
{
    [Test]
    public void Encode_AnyPicture_LosesNothing()
    {
        var rgb = new byte[31 * 17 * 3];
        new Random(1).NextBytes(rgb);
        var picture = PngCodec.TryDecode(PngCodec.Encode(rgb, 31, 17))!;
        Assert.That((picture.Width, picture.Height), Is.EqualTo((31, 17)));
        Assert.That(picture.Rgb, Is.EqualTo(rgb));
    }

    [Test]
    public void TryDecode_NoPicture_IsNull() => Assert.That(PngCodec.TryDecode([1, 2, 3, 4]), Is.Null);

    [Test]
    public void TryDecode_HalfAPicture_IsNull()
    {
        var rgb = new byte[64 * 64 * 3];
        new Random(2).NextBytes(rgb);
        var png = PngCodec.Encode(rgb, 64, 64);
        Assert.That(PngCodec.TryDecode(png.AsSpan(0, png.Length / 2)), Is.Null);
    }
}
