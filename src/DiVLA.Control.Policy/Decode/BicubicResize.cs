using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DiVLA.Control.Policy.Decode;

/// <summary>Resizes RGB pictures of one size to another as Pillow does: bicubic with antialiasing, side by side, 8 bits between. Allocates only when made.</summary>
/// <remarks>
/// Columns come first, but where the height shrinks and the width does not, rows do: so Pillow saves work, and the order shows in the last bits
/// (python-pillow/Pillow, pull request 9549).
/// </remarks>
internal sealed class BicubicResize
{
    private const int Channels = 3;
    private const int Half = 1 << (ResizeKernel.Precision - 1);

    private readonly bool _areRowsFirst;
    private readonly int _sourceStride;
    private readonly int _stride;
    private readonly int _sourceHeight;
    private readonly int _height;
    private readonly ResizeKernel _columns;
    private readonly ResizeKernel _rows;
    private readonly byte[] _between;
    private readonly int[] _sums;

    public BicubicResize(int sourceWidth, int sourceHeight, int width, int height)
    {
        (_sourceStride, _stride, _sourceHeight, _height) = (sourceWidth * Channels, width * Channels, sourceHeight, height);
        _areRowsFirst = height < sourceHeight && width >= sourceWidth;
        _columns = new ResizeKernel(sourceWidth, width);
        _rows = new ResizeKernel(sourceHeight, height);
        _between = new byte[_areRowsFirst ? _sourceStride * height : _stride * sourceHeight];
        _sums = new int[Math.Max(_sourceStride, _stride)];
    }

    /// <summary>Fills `[height, width, 3]` from `[source height, source width, 3]`.</summary>
    public void Run(ReadOnlySpan<byte> source, Span<byte> target)
    {
        if (_areRowsFirst)
        {
            ResizeHeight(source, _between, _sourceStride);
            ResizeWidth(_between, target, _height);
        }
        else
        {
            ResizeWidth(source, _between, _sourceHeight);
            ResizeHeight(_between, target, _stride);
        }
    }

    private void ResizeWidth(ReadOnlySpan<byte> source, Span<byte> target, int rows)
    {
        if (_sourceStride == _stride) source.CopyTo(target);
        else
            for (var row = 0; row < rows; row++) ResizeRow(source.Slice(row * _sourceStride, _sourceStride), target.Slice(row * _stride, _stride));
    }

    private void ResizeHeight(ReadOnlySpan<byte> source, Span<byte> target, int stride)
    {
        if (_sourceHeight == _height) source.CopyTo(target);
        else
            for (var row = 0; row < _height; row++) BlendRows(source, stride, row, target.Slice(row * stride, stride));
    }

    private void ResizeRow(ReadOnlySpan<byte> source, Span<byte> target)
    {
        for (var x = 0; x * Channels < target.Length; x++)
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

    private void BlendRows(ReadOnlySpan<byte> source, int stride, int row, Span<byte> target)
    {
        var weights = _rows.Weights(row);
        var sums = _sums.AsSpan(0, stride);
        sums.Fill(Half);
        for (var i = 0; i < weights.Length; i++) AddScaled(sums, source.Slice((_rows.Start(row) + i) * stride, stride), weights[i]);
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
