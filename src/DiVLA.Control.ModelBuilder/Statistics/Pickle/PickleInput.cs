using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace DiVLA.Control.ModelBuilder.Statistics.Pickle;

/// <summary>The bytes of a pickle, read from front to back. Whatever ends too early is refused.</summary>
internal sealed class PickleInput(string path, byte[] bytes)
{
    private int _position;

    /// <summary>Instruction that is being carried out.</summary>
    public PickleInstruction Instruction { get; private set; }

    /// <summary>Where that instruction is. Unit: bytes.</summary>
    public int Offset { get; private set; }

    /// <summary>Goes on to the next instruction.</summary>
    /// <exception cref="PickleException">There is none, or it is not one of those that are known.</exception>
    public PickleInstruction Next()
    {
        Offset = _position;
        Instruction = (PickleInstruction)Byte();
        return Enum.IsDefined(Instruction) ? Instruction : throw Refused("is not one of the instructions that a dictionary of numbers needs.");
    }

    public byte Byte() => Take(1)[0];

    public int UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    public double Float() => BinaryPrimitives.ReadDoubleBigEndian(Take(8));

    public string Text(long length) => Encoding.UTF8.GetString(Take(length));

    public byte[] Bytes(long length) => Take(length).ToArray();

    /// <summary>A whole number of up to eight bytes.</summary>
    public long Long()
    {
        var length = Byte();
        if (length > sizeof(long)) throw Refused($"a number of {length} bytes; at most {sizeof(long)} are read.");
        var number = Take(length);
        var value = length > 0 && (number[^1] & 0x80) != 0 ? -1L : 0;
        for (var i = length - 1; i >= 0; i--) value = value << 8 | number[i];
        return value;
    }

    /// <summary>Text up to the end of the line.</summary>
    public string Line()
    {
        var length = bytes.AsSpan(_position).IndexOf((byte)'\n');
        if (length < 0) throw Refused("a line without an end.");
        var line = Text(length);
        _position++;
        return line;
    }

    /// <summary>What to throw where the instruction cannot be carried out.</summary>
    public PickleException Refused(string problem) => new(path, NameOf(Instruction), Offset, problem);

    private ReadOnlySpan<byte> Take(long length)
    {
        if (length < 0 || length > bytes.Length - _position) throw Refused($"needs {length} bytes, {bytes.Length - _position} follow.");
        _position += (int)length;
        return bytes.AsSpan(_position - (int)length, (int)length);
    }

    private static string NameOf(PickleInstruction instruction) =>
        Enum.IsDefined(instruction) ? JsonNamingPolicy.SnakeCaseUpper.ConvertName(instruction.ToString()) : $"instruction 0x{(byte)instruction:x2}";
}
