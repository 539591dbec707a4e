using System.Buffers.Binary;
using System.Text;

namespace DiVLA.Control.Training.Native;

/// <summary>The few parts of a 64-bit little-endian ELF file that are needed to change one import.</summary>
/// <remarks>Source: System V ABI, "Dynamic Linking"; Linux Standard Base, "Symbol Versioning".</remarks>
internal sealed class ElfImage(byte[] image)
{
    private const uint DynamicSymbols = 11;
    private const uint GnuVersionNeeds = 0x6ffffffe;
    private const uint GnuVersions = 0x6fffffff;
    private const ushort GlobalVersion = 1;
    private const ushort WeakFlag = 2;

    /// <summary>Renames an import to one that needs no version, and marks the version it needed as weak.</summary>
    /// <exception cref="InvalidDataException">The import or its version is not in the file.</exception>
    public void DropVersionedImport(string symbol, string version, string replacement)
    {
        var symbols = Section(DynamicSymbols);
        var strings = SectionByIndex(symbols.Link);
        var versions = Section(GnuVersions);
        var index = FindSymbol(symbols, strings, symbol);
        var name = strings.Offset + (int)U32(symbols.Offset + index * 24);
        Encoding.ASCII.GetBytes(replacement + '\0').CopyTo(image, name);
        BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(versions.Offset + index * 2), GlobalVersion);
        MarkNeedWeak(Section(GnuVersionNeeds), strings, version);
    }

    private int FindSymbol(SectionHeader symbols, SectionHeader strings, string name)
    {
        for (var i = 0; i < symbols.Size / 24; i++)
            if (Text(strings.Offset + (int)U32(symbols.Offset + i * 24)) == name) return i;
        throw new InvalidDataException($"The library does not import {name}.");
    }

    private void MarkNeedWeak(SectionHeader needs, SectionHeader strings, string version)
    {
        for (var need = needs.Offset; ;)
        {
            var count = U16(need + 2);
            var entry = need + (int)U32(need + 8);
            for (var i = 0; i < count; i++, entry += (int)U32(entry + 12))
            {
                if (Text(strings.Offset + (int)U32(entry + 8)) != version) continue;
                BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(entry + 4), (ushort)(U16(entry + 4) | WeakFlag));
                return;
            }
            var next = (int)U32(need + 12);
            if (next == 0) throw new InvalidDataException($"The library does not need {version}.");
            need += next;
        }
    }

    private SectionHeader Section(uint type)
    {
        for (var i = 0; i < U16(60); i++)
            if (SectionByIndex(i) is var section && section.Type == type) return section;
        throw new InvalidDataException($"The library has no section of type 0x{type:x}.");
    }

    private SectionHeader SectionByIndex(int index)
    {
        var at = (int)U64(40) + index * U16(58);
        return new SectionHeader(U32(at + 4), (int)U64(at + 24), (int)U64(at + 32), (int)U32(at + 40));
    }

    private string Text(int offset) => Encoding.ASCII.GetString(image, offset, Array.IndexOf(image, (byte)0, offset) - offset);

    private ushort U16(int offset) => BinaryPrimitives.ReadUInt16LittleEndian(image.AsSpan(offset));

    private uint U32(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(image.AsSpan(offset));

    private ulong U64(int offset) => BinaryPrimitives.ReadUInt64LittleEndian(image.AsSpan(offset));

    private readonly record struct SectionHeader(uint Type, int Offset, int Size, int Link);
}
