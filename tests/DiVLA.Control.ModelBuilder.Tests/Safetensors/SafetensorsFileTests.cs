using System.Buffers.Binary;
using System.Text;
using DiVLA.Control.ModelBuilder.Safetensors;

namespace DiVLA.Control.ModelBuilder.Tests.Safetensors;

public sealed class SafetensorsFileTests
{
    private const string Good = """{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""";

    [Test]
    public void Open_GoodFile_FindsItsTensor()
    {
        using var folder = new TemporaryFolder();
        using var file = SafetensorsFile.Open(Write(folder, Good, 8));
        Assert.That(file.Entry("x").FileOffset, Is.EqualTo(8 + Good.Length));
    }

    // header, bytes of data, tensor at fault, field at fault, part of the message
    [TestCase("""[]""", 0, null, "header", "not a JSON object")]
    [TestCase("""{"x":""", 0, null, "header", "not valid JSON")]
    [TestCase("""{"x":7}""", 0, "x", "header", "not a JSON object")]
    [TestCase("""{"__metadata__":{"k":1}}""", 0, "__metadata__", "k", "not a string")]
    [TestCase("""{"x":{"shape":[2],"data_offsets":[0,8]}}""", 8, "x", "dtype", "missing")]
    [TestCase("""{"x":{"dtype":"F31","shape":[2],"data_offsets":[0,8]}}""", 8, "x", "dtype", "'F31' is unknown")]
    [TestCase("""{"x":{"dtype":"f32","shape":[2],"data_offsets":[0,8]}}""", 8, "x", "dtype", "'f32' is unknown")]
    [TestCase("""{"x":{"dtype":"F32","shape":2,"data_offsets":[0,8]}}""", 8, "x", "shape", "not a Array")]
    [TestCase("""{"x":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "x", "shape", "-2")]
    [TestCase("""{"x":{"dtype":"F32","shape":[1.5],"data_offsets":[0,8]}}""", 8, "x", "shape", "1.5")]
    [TestCase("""{"x":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]}}""", 8, "x", "shape", "larger than any file")]
    [TestCase("""{"x":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "x", "data_offsets", "needs 12")]
    [TestCase("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0]}}""", 8, "x", "data_offsets", "1 numbers")]
    [TestCase("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", 8, "x", "data_offsets", "ends before it begins")]
    [TestCase("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, "x", "data_offsets", "behind the data")]
    [TestCase("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 9, null, "data", "end at 8")]
    [TestCase("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "x", "data_offsets", "begins at 4")]
    [TestCase("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "b", "data_offsets", "begins at 4")]
    [TestCase("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "x", "header", "listed twice")]
    public void Open_MalformedHeader_NamesFileTensorAndField(string header, int dataLength, string? tensor, string field, string problem)
    {
        using var folder = new TemporaryFolder();
        var path = Write(folder, header, dataLength);
        var fault = Assert.Throws<SafetensorsException>(() => SafetensorsFile.Open(path));
        Assert.That(fault.Path, Is.EqualTo(path));
        Assert.That(fault.Tensor, Is.EqualTo(tensor));
        Assert.That(fault.Field, Is.EqualTo(field));
        Assert.That(fault.Message, Does.StartWith(path).And.Contain(problem));
    }

    [TestCase(new byte[] { 1, 2, 3 }, "3 bytes")]
    [TestCase(new byte[] { 9, 0, 0, 0, 0, 0, 0, 0, 0x7B }, "only 1 follow")]
    [TestCase(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7B }, "at most")]
    public void Open_ImpossibleHeaderLength_IsRefused(byte[] bytes, string problem)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("w"), bytes);
        var fault = Assert.Throws<SafetensorsException>(() => SafetensorsFile.Open(folder.File("w")));
        Assert.That(fault.Field, Is.EqualTo("header length"));
        Assert.That(fault.Message, Does.Contain(problem));
    }

    [Test]
    public void Entry_UnknownName_IsNamed()
    {
        using var folder = new TemporaryFolder();
        using var file = SafetensorsFile.Open(Write(folder, Good, 8));
        var fault = Assert.Throws<SafetensorsException>(() => file.Entry("y"));
        Assert.That(fault.Tensor, Is.EqualTo("y"));
    }

    [Test]
    public void Floats_OfWholeNumbers_AreRefused()
    {
        using var folder = new TemporaryFolder();
        using var file = SafetensorsFile.Open(Write(folder, """{"x":{"dtype":"I32","shape":[2],"data_offsets":[0,8]}}""", 8));
        var fault = Assert.Throws<SafetensorsException>(() => file.Floats("x"));
        Assert.That(fault.Field, Is.EqualTo("dtype"));
    }

    private static string Write(TemporaryFolder folder, string header, int dataLength)
    {
        var bytes = new byte[8 + header.Length + dataLength];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, header.Length);
        Encoding.ASCII.GetBytes(header, bytes.AsSpan(8));
        var path = folder.File("weights.safetensors");
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
