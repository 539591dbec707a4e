using System.Text.Json;
using DiVLA.Control.ModelBuilder.Safetensors;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Decode;
using DiVLA.Control.TestSupport;

namespace DiVLA.Control.Policy.Tests.Decode;

/// <summary>Pictures against the original processor's.</summary>
[Category("Golden")]
internal sealed class GoldenPictureTests
{
    private static IReadOnlyList<GoldenCase> Cases => GoldenFolder.AllCases;

    [TestCaseSource(nameof(Cases))]
    public void Resize_EveryCamera_IsIdentical(GoldenCase golden)
    {
        using var expected = SafetensorsFile.Open(golden.ExpectedPath);
        for (var index = 0; index < golden.Cameras.Count; index++)
        {
            var name = $"resized{index}";
            var (height, width) = ((int)expected.Entry(name).Shape[0], (int)expected.Entry(name).Shape[1]);
            var (sourceWidth, sourceHeight) = golden.Cameras[index];
            Assert.That(Processor(golden).SizeOf(sourceWidth, sourceHeight), Is.EqualTo((width, height)), name);

            var picture = new byte[width * height * 3];
            var decoder = new CameraDecoder(new CameraManifest("camera", sourceWidth, sourceHeight, width, height));
            var frame = new CameraFrame("camera", FrameEncoding.Png, sourceWidth, sourceHeight, File.ReadAllBytes(golden.PathOf($"camera{index}.png")));
            Assert.That(decoder.Decode(frame, picture).Outcome, Is.EqualTo(FrameOutcome.Ok));
            Check($"{golden} {name}", picture, expected.Bytes(name));
        }
    }

    private static SmartResize Processor(GoldenCase golden)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(golden.Folder.Checkpoint, "preprocessor_config.json")));
        int Number(string member) => json.RootElement.GetProperty(member).GetInt32();
        return new SmartResize(Number("patch_size") * Number("merge_size"), Number("min_pixels"), Number("max_pixels"));
    }

    private static void Check(string name, byte[] actual, ReadOnlySpan<byte> expected)
    {
        var (different, largest) = (0, 0);
        for (var i = 0; i < actual.Length; i++)
        {
            var difference = Math.Abs(actual[i] - expected[i]);
            if (difference > 0) different++;
            largest = Math.Max(largest, difference);
        }
        TestContext.Out.WriteLine($"{name}: {different} of {actual.Length} bytes differ, by at most {largest}");
        Assert.That(different, Is.Zero, name);
    }
}
