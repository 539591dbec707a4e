using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Decode;
using SkiaSharp;

namespace DiVLA.Control.Policy.Tests.Decode;

[TestFixture]
internal sealed class DecodeStageTests
{
    private const int Width = 24;
    private const int Height = 16;

    private static readonly CameraManifest[] Cameras = [new("front", Width, Height), new("wrist", Width, Height)];

    private DecodeStage _stage = null!;

    [SetUp]
    public void Create() => _stage = new DecodeStage(SharedBundles.Loaded.Manifest with { Cameras = Cameras });

    [TearDown]
    public void Dispose() => _stage.Dispose();

    [Test]
    public void Run_Rgb8InAnyOrder_PutsEachCameraInItsPlace()
    {
        var (front, wrist) = (Rgb8("front", 1), Rgb8("wrist", 2));
        var report = _stage.Run([wrist, front]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(report.Outcome, Is.EqualTo(FrameOutcome.Ok));
            Assert.That((byte[])[.. _stage.Frames[0], .. _stage.Frames[1]], Is.EqualTo((byte[])[.. front.Data.Span, .. wrist.Data.Span]));
            Assert.That(_stage.Frames.Named.Single().Tensor.Shape, Is.EqualTo(new long[] { 1, 2, Height, Width, 3 }));
        }
    }

    [Test]
    public void Run_Rgb8_AllocatesNothing()
    {
        CameraFrame[] frames = [Rgb8("front", 1), Rgb8("wrist", 2)];
        for (var run = 0; run < 20; run++) _stage.Run(frames);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var run = 0; run < 100; run++) _stage.Run(frames);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    [Test]
    public void Run_Png_GivesExactlyThePixels()
    {
        var pixels = Smooth();
        var report = _stage.Run([Encoded("front", FrameEncoding.Png, pixels), Rgb8("wrist", 2)]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(report.Outcome, Is.EqualTo(FrameOutcome.Ok));
            Assert.That(_stage.Frames[0].ToArray(), Is.EqualTo(pixels));
        }
    }

    [Test]
    public void Run_PngWithAlpha_KeepsTheColoursAndDropsTheAlpha()
    {
        var pixels = Smooth();
        _stage.Run([Encoded("front", FrameEncoding.Png, pixels, alpha: 100), Rgb8("wrist", 2)]);
        Assert.That(_stage.Frames[0].ToArray(), Is.EqualTo(pixels).Within(1), "Skia stores the file unpremultiplied");
    }

    [Test]
    public void Run_Jpeg_GivesNearlyThePixels()
    {
        var pixels = Smooth();
        var report = _stage.Run([Encoded("front", FrameEncoding.Jpeg, pixels), Rgb8("wrist", 2)]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(report.Outcome, Is.EqualTo(FrameOutcome.Ok));
            Assert.That(_stage.Frames[0].ToArray(), Is.EqualTo(pixels).Within(16));
        }
    }

    [Test]
    public void Run_CompressedFrames_AllocateNoPixels()
    {
        CameraFrame[] frames = [Encoded("front", FrameEncoding.Jpeg, Smooth()), Encoded("wrist", FrameEncoding.Png, Smooth())];
        for (var run = 0; run < 20; run++) _stage.Run(frames);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var run = 0; run < 100; run++) _stage.Run(frames);
        Assert.That((GC.GetAllocatedBytesForCurrentThread() - before) / 200, Is.LessThan(1024), "bytes a frame");
    }

    [Test]
    public void Run_UnknownCamera_IsNamed() =>
        Expect(new FrameReport(FrameOutcome.UnknownCamera, "back"), Rgb8("front", 1), Rgb8("back", 2));

    [Test]
    public void Run_MissingCamera_IsNamed() =>
        Expect(new FrameReport(FrameOutcome.MissingCamera, "wrist"), Rgb8("front", 1));

    [Test]
    public void Run_CameraTwice_IsNamed() =>
        Expect(new FrameReport(FrameOutcome.DuplicateCamera, "front"), Rgb8("front", 1), Rgb8("front", 2));

    [Test]
    public void Run_DeclaredSizeIsNotTheCameras_SaysBoth() => Expect(
        new FrameReport(FrameOutcome.WrongSize, "front", FrameReport.PackSize(Width, 8), FrameReport.PackSize(Width, Height)),
        Rgb8("front", 1) with { Height = 8 });

    [Test]
    public void Run_TooFewBytes_SaysHowMany() => Expect(
        new FrameReport(FrameOutcome.WrongByteCount, "front", Width * Height * 3 - 1, Width * Height * 3),
        Rgb8("front", 1) with { Data = new byte[Width * Height * 3 - 1] });

    [Test]
    public void Run_SizeInTheFileIsNotTheDeclared_SaysBoth()
    {
        using var bitmap = new SKBitmap(Width * 2, Height);
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        Expect(
            new FrameReport(FrameOutcome.WrongSize, "front", FrameReport.PackSize(Width * 2, Height), FrameReport.PackSize(Width, Height)),
            new CameraFrame("front", FrameEncoding.Png, Width, Height, data.ToArray()));
    }

    [Test]
    public void Run_PngDeclaredAsJpeg_IsRefused() => Expect(
        new FrameReport(FrameOutcome.UnsupportedEncoding, "front"),
        Encoded("front", FrameEncoding.Png, Smooth()) with { Encoding = FrameEncoding.Jpeg });

    [Test]
    public void Run_EncodingOutsideTheEnum_IsRefused() => Expect(
        new FrameReport(FrameOutcome.UnsupportedEncoding, "front"), Rgb8("front", 1) with { Encoding = (FrameEncoding)9 });

    [Test]
    public void Run_NoBytes_IsUndecodable() => Expect(
        new FrameReport(FrameOutcome.Undecodable, "front"), new CameraFrame("front", FrameEncoding.Jpeg, Width, Height, default));

    [TestCase(FrameEncoding.Jpeg)]
    [TestCase(FrameEncoding.Png)]
    public void Run_FileEndsEarly_IsUndecodable(FrameEncoding encoding)
    {
        var whole = Encoded("front", encoding, Smooth());
        var cut = whole with { Data = whole.Data[..(whole.Data.Length * 3 / 4)] };
        Expect(new FrameReport(FrameOutcome.Undecodable, "front", cut.Data.Length), cut);
    }

    [Test]
    public void Run_BytesOfNoPicture_IsUndecodable()
    {
        var noise = Rgb8("front", 3).Data;
        Expect(new FrameReport(FrameOutcome.Undecodable, "front", noise.Length), new CameraFrame("front", FrameEncoding.Png, Width, Height, noise));
    }

    [Test]
    public void Run_AfterARefusal_AcceptsGoodFrames()
    {
        _stage.Run([Rgb8("front", 1), Rgb8("front", 1)]);
        Assert.That(_stage.Run([Rgb8("front", 1), Rgb8("wrist", 2)]).Outcome, Is.EqualTo(FrameOutcome.Ok));
    }

    private void Expect(FrameReport expected, params CameraFrame[] frames)
    {
        var report = _stage.Run(frames);
        Assert.That(report, Is.EqualTo(expected));
        Assert.That(report.Describe(), Does.Contain(expected.Camera));
    }

    private static CameraFrame Rgb8(string camera, int seed) => Scene.RandomFrame(new CameraManifest(camera, Width, Height), seed);

    // A gradient: JPEG keeps it nearly, where noise would be lost.
    private static byte[] Smooth()
    {
        var pixels = new byte[Width * Height * 3];
        for (var index = 0; index < Width * Height; index++)
            (pixels[3 * index], pixels[3 * index + 1], pixels[3 * index + 2]) =
                ((byte)(index % Width * 10), (byte)(index / Width * 15), (byte)(100 + index % Width + index / Width));
        return pixels;
    }

    private static CameraFrame Encoded(string camera, FrameEncoding encoding, byte[] rgb, byte alpha = 255)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(Width, Height, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        for (var index = 0; index < Width * Height; index++)
            bitmap.SetPixel(index % Width, index / Width, new SKColor(rgb[3 * index], rgb[3 * index + 1], rgb[3 * index + 2], alpha));
        using var data = bitmap.Encode(encoding == FrameEncoding.Jpeg ? SKEncodedImageFormat.Jpeg : SKEncodedImageFormat.Png, 100);
        return new CameraFrame(camera, encoding, Width, Height, data.ToArray());
    }
}
