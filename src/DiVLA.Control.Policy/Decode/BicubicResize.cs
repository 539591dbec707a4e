using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DiVLA.Control.Policy.Decode;

/// <summary>Resizes RGB pictures of one size to another as Pillow does: bicubic with antialiasing, columns first, 8 bits between. Allocates only when made.</summary>
internal sealed class BicubicResize
{
    private const int Channels = 3;
    private const int Half = 1 << (ResizeKernel.Precision - 1);

    private readonly int _sourceWidth;
    private readonly int _sourceHeight;
    private readonly int _width;
    private readonly int _height;
    private readonly ResizeKernel _columns;
    private readonly ResizeKernel _rows;
    private readonly byte[] _narrow;
    private readonly int[] _sums;

    public BicubicResize(int sourceWidth, int sourceHeight, int width, int height)
    {
        (_sourceWidth, _sourceHeight, _width, _height) = (sourceWidth, sourceHeight, width, height);
        _columns = new ResizeKernel(sourceWidth, width);
        _rows = new ResizeKernel(sourceHeight, height);
        _narrow = new byte[width * sourceHeight * Channels];
        _sums = new int[width * Channels];
    }

    /// <summary>Fills `[height, width, 3]` from `[source height, source width, 3]`.</summary>
    public void Run(ReadOnlySpan<byte> source, Span<byte> target)
    {
        if (_sourceWidth == _width) source.CopyTo(_narrow);
        else
            for (var row = 0; row < _sourceHeight; row++) ResizeRow(Row(source, _sourceWidth, row), RowOf(_narrow, row));
        if (_sourceHeight == _height) _narrow.CopyTo(target);
        else
            for (var row = 0; row < _height; row++) BlendRows(row, RowOf(target, row));
    }

    private static ReadOnlySpan<byte> Row(ReadOnlySpan<byte> picture, int width, int row) => picture.Slice(row * width * Channels, width * Channels);

    private Span<byte> RowOf(Span<byte> picture, int row) => picture.Slice(row * _width * Channels, _width * Channels);

    private void ResizeRow(ReadOnlySpan<byte> source, Span<byte> target)
    {
        for (var x = 0; x < _width; x++)
        {
            var weights = _columns.Weights(x);
            var offset = _columns.Start(x) * Channels;
            var sum = Vector128.Create(Half);
            for (var i = 0; i < weights.Length; i++, offset += Channels) sum += Pixel(source, offset) * weights[i];
            for (var channel = 0; channel < Channels; channel++) target[x * Channels + channel] = Clamp(sum[channel]);
        }
    }

    // Red, green, blue and the byte behind them, which nobody reads; the row's last pixel has none behind it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Pixel(ReadOnlySpan<byte> row, int offset)
    {
        var packed = offset + 4 <= row.Length
            ? MemoryMarshal.Read<uint>(row[offset..])
            : (uint)(row[offset] | (row[offset + 1] << 8) | (row[offset + 2] << 16));
        return Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalar(packed).AsByte())).AsInt32();
    }

    private void BlendRows(int row, Span<byte> target)
    {
        var weights = _rows.Weights(row);
        var sums = _sums.AsSpan();
        sums.Fill(Half);
        for (var i = 0; i < weights.Length; i++) AddScaled(sums, RowOf(_narrow, _rows.Start(row) + i), weights[i]);
        for (var i = 0; i < target.Length; i++) target[i] = Clamp(sums[i]);
    }

    private static void AddScaled(Span<int> sums, ReadOnlySpan<byte> row, int weight)
    {
        var i = 0;
        for (; i <= row.Length - Vector128<byte>.Count; i += Vector128<byte>.Count)
        {
            var (low, high) = Vector128.Widen(Vector128.Create(row.Slice(i, Vector128<byte>.Count)));
            AddScaled(sums[i..], low, weight);
            AddScaled(sums[(i + Vector128<ushort>.Count)..], high, weight);
        }
        for (; i < row.Length; i++) sums[i] += row[i] * weight;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddScaled(Span<int> sums, Vector128<ushort> values, int weight)
    {
        var (low, high) = Vector128.Widen(values);
        (Vector128.Create<int>(sums) + low.AsInt32() * weight).CopyTo(sums);
        var rest = sums[Vector128<int>.Count..];
        (Vector128.Create<int>(rest) + high.AsInt32() * weight).CopyTo(rest);
    }

    private static byte Clamp(int sum) => (byte)Math.Clamp(sum >> ResizeKernel.Precision, 0, byte.MaxValue);
}
