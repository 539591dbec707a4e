using System.Runtime.InteropServices;
using System.Text;
using DiVLA.Control.ModelBuilder.Safetensors;

namespace DiVLA.Control.ModelBuilder.Tests.Safetensors;

public sealed class SafetensorsWriterTests
{
    [Test]
    public void WrittenFile_ReadBack_HasTheSameTensorsAndMetadata()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("weights.safetensors");
        TensorData[] tensors =
        [
            TensorData.FromFloats("layer.weight", [2, 3], [1, 2, 3, 4, 5, -6.5f]),
            new("flags", SafetensorsDtype.Bool, [3], new byte[] { 1, 0, 1 }),
            new("steps", SafetensorsDtype.I64, [], MemoryMarshal.AsBytes<long>([42]).ToArray()),
            new("nothing", SafetensorsDtype.F32, [0, 4], Array.Empty<byte>()),
        ];
        SafetensorsWriter.Write(path, tensors, new Dictionary<string, string> { ["trained_by"] = "a test" });

        using var file = SafetensorsFile.Open(path);
        Assert.That(file.Metadata["trained_by"], Is.EqualTo("a test"));
        Assert.That(file.Tensors.Keys, Is.EquivalentTo(tensors.Select(tensor => tensor.Name)));
        foreach (var tensor in tensors)
        {
            Assert.That(file.Entry(tensor.Name).Dtype, Is.EqualTo(tensor.Dtype), tensor.Name);
            Assert.That(file.Entry(tensor.Name).Shape, Is.EqualTo(tensor.Shape), tensor.Name);
            Assert.That(file.Bytes(tensor.Name).ToArray(), Is.EqualTo(tensor.Bytes.ToArray()), tensor.Name);
        }
        Assert.That(file.Floats("layer.weight"), Is.EqualTo(new[] { 1, 2, 3, 4, 5, -6.5f }));
    }

    [Test]
    public void Floats_OfHalfPrecision_AreWidened()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("weights.safetensors");
        SafetensorsWriter.Write(
            path,
            [
                new TensorData("half", SafetensorsDtype.F16, [2], MemoryMarshal.AsBytes<Half>([(Half)1.5f, (Half)(-0.25f)]).ToArray()),
                new TensorData("brain", SafetensorsDtype.BF16, [2], MemoryMarshal.AsBytes<ushort>([0x3FC0, 0xC000]).ToArray()),
            ]);
        using var file = SafetensorsFile.Open(path);
        Assert.That(file.Floats("half"), Is.EqualTo(new[] { 1.5f, -0.25f }));
        Assert.That(file.Floats("brain"), Is.EqualTo(new[] { 1.5f, -2f }));
    }

    [Test]
    public void Write_AnyOrder_GivesTheSameAlignedBytes()
    {
        using var folder = new TemporaryFolder();
        TensorData[] tensors =
        [
            new("a", SafetensorsDtype.U8, [3], new byte[] { 1, 2, 3 }), TensorData.FromFloats("b", [1], [2]), TensorData.FromFloats("c", [1], [3]),
        ];
        SafetensorsWriter.Write(folder.File("forth"), tensors);
        SafetensorsWriter.Write(folder.File("back"), tensors.Reverse());

        Assert.That(File.ReadAllBytes(folder.File("back")), Is.EqualTo(File.ReadAllBytes(folder.File("forth"))));
        using var file = SafetensorsFile.Open(folder.File("forth"));
        Assert.That(file.Tensors.Values.All(entry => entry.FileOffset % entry.Dtype.Size() == 0));
        Assert.That(file.Tensors.Values.Min(entry => entry.FileOffset) % 64, Is.Zero);
    }

    [Test]
    public void Write_OverAnOpenFile_LeavesTheReaderTheOldOne()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("weights.safetensors");
        SafetensorsWriter.Write(path, [TensorData.FromFloats("x", [2], [1, 2])]);
        using var old = SafetensorsFile.Open(path);
        SafetensorsWriter.Write(path, [TensorData.FromFloats("x", [2], [3, 4])]);
        using var next = SafetensorsFile.Open(path);

        Assert.That(old.Floats("x"), Is.EqualTo(new[] { 1f, 2f }));
        Assert.That(next.Floats("x"), Is.EqualTo(new[] { 3f, 4f }));
        Assert.That(Directory.GetFiles(folder.Path), Has.Length.EqualTo(1), "no temporary file is left");
    }

    [Test]
    public void Write_ThatFails_LeavesTheOldFileAndNothingElse()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("weights.safetensors");
        File.WriteAllText(path, "old");
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(path, [new TensorData("x", SafetensorsDtype.F32, [2], new byte[7])]));
        Assert.That(File.ReadAllText(path), Is.EqualTo("old"));
        Assert.That(Directory.GetFiles(folder.Path), Has.Length.EqualTo(1));
    }

    [Test]
    public void Write_SameNameTwice_IsRefused()
    {
        using var folder = new TemporaryFolder();
        var tensor = TensorData.FromFloats("x", [1], [1]);
        var fault = Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(folder.File("w"), [tensor, tensor]));
        Assert.That(fault.Message, Does.Contain("'x'"));
    }

    [Test]
    public void Header_IsWhatTheFormatPrescribes()
    {
        using var folder = new TemporaryFolder();
        SafetensorsWriter.Write(folder.File("w"), [TensorData.FromFloats("x", [1, 2], [1, 2])]);
        var bytes = File.ReadAllBytes(folder.File("w"));
        var length = (int)BitConverter.ToUInt64(bytes);
        Assert.That(Encoding.UTF8.GetString(bytes, 8, length).TrimEnd(), Is.EqualTo("""{"x":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}"""));
        Assert.That(bytes, Has.Length.EqualTo(8 + length + 8));
    }
}
