using DiVLA.Control.Policy.Decode;

namespace DiVLA.Control.Policy.Tests.Decode;

internal sealed class SmartResizeTests
{
    private static readonly SmartResize Qwen = new(28, 3136, 12845056);

    [TestCase(320, 240, 308, 252)]
    [TestCase(640, 480, 644, 476)]
    [TestCase(112, 112, 112, 112)]
    [TestCase(56, 56, 56, 56)]
    [TestCase(10, 10, 56, 56, TestName = "below the least area: grown")]
    [TestCase(70, 70, 56, 56, TestName = "2.5 factors: rounded to even")]
    [TestCase(98, 98, 112, 112, TestName = "3.5 factors: rounded to even")]
    [TestCase(8000, 4000, 5068, 2520, TestName = "above the greatest area: shrunk")]
    public void Size_OfAPicture_IsTheProcessors(int width, int height, int expectedWidth, int expectedHeight) =>
        Assert.That(Qwen.SizeOf(width, height), Is.EqualTo((expectedWidth, expectedHeight)));

    [Test]
    public void Size_OfAStrip_IsRefused() => Assert.That(() => Qwen.SizeOf(2010, 10), Throws.InstanceOf<ArgumentOutOfRangeException>());
}
