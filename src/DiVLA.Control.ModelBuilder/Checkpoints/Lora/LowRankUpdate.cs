using System.Numerics;

namespace DiVLA.Control.ModelBuilder.Checkpoints.Lora;

/// <summary>What an adapter adds to a weight `[rows, columns]`: left `[rows, rank]` times right `[rank, columns]`.</summary>
internal sealed class LowRankUpdate
{
    private readonly float[] _left;
    private readonly float[] _right;
    private readonly int _rank;
    private readonly int _columns;

    private LowRankUpdate(float[] left, float[] right, int rank) =>
        (_left, _right, _rank, _columns) = (left, right, rank, right.Length / rank);

    /// <summary>`scaling B A` for a weight `[out, in]`, from A `[rank, in]` and B `[out, rank]`.</summary>
    public static LowRankUpdate Of(float[] a, float[] b, int rank, double scaling) => new(Scaled(b, scaling), a, rank);

    /// <summary>The transpose of it, for weights `[in, out]` and for embeddings.</summary>
    public static LowRankUpdate TransposeOf(float[] a, float[] b, int rank, double scaling) =>
        new(Scaled(Transposed(a, rank), scaling), Transposed(b, b.Length / rank), rank);

    /// <summary>Adds the update to elements of the weight, which may begin and end anywhere in a row.</summary>
    /// <param name="offset">Index of the first element, row-major.</param>
    /// <param name="values">The elements; changed in place.</param>
    public void AddTo(long offset, Span<float> values)
    {
        while (values.Length > 0)
        {
            var (row, column) = ((int)(offset / _columns), (int)(offset % _columns));
            var count = Math.Min(_columns - column, values.Length);
            for (var k = 0; k < _rank; k++)
                AddScaled(values[..count], _right.AsSpan(k * _columns + column, count), _left[row * _rank + k]);
            offset += count;
            values = values[count..];
        }
    }

    private static void AddScaled(Span<float> target, ReadOnlySpan<float> source, float factor)
    {
        var (i, width) = (0, Vector<float>.Count);
        for (; i <= target.Length - width; i += width)
            (new Vector<float>(target[i..]) + new Vector<float>(source[i..]) * factor).CopyTo(target[i..]);
        for (; i < target.Length; i++) target[i] += source[i] * factor;
    }

    private static float[] Scaled(float[] values, double factor) => Array.ConvertAll(values, value => (float)(value * factor));

    private static float[] Transposed(float[] values, int rows)
    {
        var columns = values.Length / rows;
        var transposed = new float[values.Length];
        for (var i = 0; i < values.Length; i++) transposed[i % columns * rows + i / columns] = values[i];
        return transposed;
    }
}
