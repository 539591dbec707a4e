using DiVLA.Control.Policy.Decode;

namespace DiVLA.Control.Policy.Tests.Decode;

internal sealed class BicubicResizeTests
{
    [TestCase(37, 23, 61, 52)]
    [TestCase(61, 52, 37, 23)]
    [TestCase(61, 52, 61, 23)]
    [TestCase(61, 52, 37, 52)]
    [TestCase(1, 1, 5, 4)]
    public void Resize_FlatPicture_StaysFlat(int fromWidth, int fromHeight, int width, int height)
    {
        var source = Enumerable.Repeat(new byte[] { 3, 200, 255 }, fromWidth * fromHeight).SelectMany(pixel => pixel).ToArray();
        var target = new byte[width * height * 3];
        new BicubicResize(fromWidth, fromHeight, width, height).Run(source, target);
        Assert.That(target, Is.EqualTo(Enumerable.Repeat(new byte[] { 3, 200, 255 }, width * height).SelectMany(pixel => pixel)));
    }

    [TestCase(37, 23, 61, 52, false)]
    [TestCase(120, 90, 37, 23, false)]
    [TestCase(37, 61, 23, 90, false)]
    [TestCase(37, 61, 52, 23, true)]
    public void Resize_AnyPicture_EqualsTheSumOfItsKernel(int fromWidth, int fromHeight, int width, int height, bool areRowsFirst)
    {
        var source = new byte[fromWidth * fromHeight * 3];
        new Random(5).NextBytes(source);
        var target = new byte[width * height * 3];
        new BicubicResize(fromWidth, fromHeight, width, height).Run(source, target);
        var plain = areRowsFirst
            ? Plain(Plain(source, fromWidth, fromHeight, height, false), fromWidth, height, width, true)
            : Plain(Plain(source, fromWidth, fromHeight, width, true), width, fromHeight, height, false);
        Assert.That(target, Is.EqualTo(plain));
    }

    [Test]
    public void Resize_AfterTheFirst_AllocatesNothing()
    {
        var resize = new BicubicResize(64, 48, 84, 56);
        var (source, target) = (new byte[64 * 48 * 3], new byte[84 * 56 * 3]);
        resize.Run(source, target);
        var before = GC.GetAllocatedBytesForCurrentThread();
        resize.Run(source, target);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    // One side, pixel by pixel.
    private static byte[] Plain(byte[] source, int width, int height, int target, bool isAlongRows)
    {
        var kernel = new ResizeKernel(isAlongRows ? width : height, target);
        var (newWidth, newHeight) = isAlongRows ? (target, height) : (width, target);
        var result = new byte[newWidth * newHeight * 3];
        for (var i = 0; i < result.Length; i++)
        {
            var (row, column, channel) = (i / 3 / newWidth, i / 3 % newWidth, i % 3);
            var along = isAlongRows ? column : row;
            var sum = 1L << (ResizeKernel.Precision - 1);
            for (var tap = 0; tap < kernel.Weights(along).Length; tap++)
            {
                var from = kernel.Start(along) + tap;
                sum += (long)kernel.Weights(along)[tap] * source[isAlongRows ? (row * width + from) * 3 + channel : (from * width + column) * 3 + channel];
            }
            result[i] = (byte)Math.Clamp(sum >> ResizeKernel.Precision, 0, 255);
        }
        return result;
    }
}
