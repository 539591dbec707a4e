using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace DiVLA.Control.Policy.Bundle.Checks;

/// <summary>Walks the fields of one protobuf message. Enough to look into an ONNX file without loading it.</summary>
internal ref struct ProtobufReader
{
    private ReadOnlySpan<byte> _rest;

    public ProtobufReader(ReadOnlySpan<byte> message) => _rest = message;

    /// <summary>Number of the current field.</summary>
    public int Field { get; private set; }

    /// <summary>Bytes of the current field where it is a string or a message; empty otherwise.</summary>
    public ReadOnlySpan<byte> Payload { get; private set; }

    /// <summary>The current field where it is a whole number; 0 otherwise.</summary>
    public ulong Number { get; private set; }

    /// <summary>The current field as a text.</summary>
    public readonly string Text => Encoding.UTF8.GetString(Payload);

    /// <summary>Goes on to the next field; false at the end.</summary>
    /// <exception cref="InvalidDataException">The bytes are no protobuf message.</exception>
    public bool Read()
    {
        if (_rest.IsEmpty) return false;
        var tag = ReadVarint();
        (Field, Number) = ((int)(tag >> 3), 0);
        Payload = (tag & 7) switch
        {
            0 => TakeNumber(),
            1 => Take(8)[..0],
            2 => Take(ReadVarint()),
            5 => Take(4)[..0],
            _ => Damaged(),
        };
        return true;
    }

    private ulong ReadVarint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var part = Take(1)[0];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80) return value;
        }
        Damaged();
        return 0;
    }

    private ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)_rest.Length) Damaged();
        var taken = _rest[..(int)count];
        _rest = _rest[(int)count..];
        return taken;
    }

    private ReadOnlySpan<byte> TakeNumber()
    {
        Number = ReadVarint();
        return default;
    }

    [DoesNotReturn]
    private static ReadOnlySpan<byte> Damaged() => throw new InvalidDataException("The bytes are no protobuf message.");
}
