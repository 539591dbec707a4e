using DiVLA.Control.ModelBuilder.Graphs;

namespace DiVLA.Control.TestSupport.Plain;

/// <summary>A decoder and the places that it reads, for comparing rewrites.</summary>
/// <param name="Shape">Sizes.</param>
/// <param name="Sections">Pairs of a head that turn with time, row and column.</param>
/// <param name="Theta">Base of the rotary periods.</param>
internal sealed record TestDecoder(DecoderShape Shape, int[] Sections, double Theta)
{
    /// <summary>Positions of every place: some text, a picture of three columns, text again.</summary>
    public IReadOnlyList<GridPosition> Positions { get; } = [.. Enumerable.Range(0, Shape.CacheLength).Select(place => PositionOf(place, Shape.CacheLength))];

    /// <summary>Rotary angles of every place.</summary>
    public double[][] Angles => RotaryAngles.Sectioned(Positions, Sections, Shape.HeadDim, Theta);

    /// <summary>A small one whose sizes are all different.</summary>
    public static TestDecoder Odd { get; } = new(new DecoderShape(96, 3, 6, 3, 16, 200, 71, 1e-5, false, 23), [2, 3, 3], 500);

    /// <summary>Two layers of Qwen2-VL-2B over a short prompt, and a tenth of its vocabulary.</summary>
    public static TestDecoder TwoLayersOf2B { get; } = new(new DecoderShape(1536, 2, 12, 2, 128, 8960, 15194, 1e-6, true, 128), [16, 24, 24], 1e6);

    private static GridPosition PositionOf(int place, int places)
    {
        const int Columns = 3;
        var (begin, end) = (places / 4, places / 2);
        var rows = (end - begin + Columns - 1) / Columns;
        if (place < begin) return new GridPosition(place, place, place);
        if (place < end) return new GridPosition(begin, begin + (place - begin) / Columns, begin + (place - begin) % Columns);
        var text = begin + Math.Max(rows, Columns) + place - end;
        return new GridPosition(text, text, text);
    }
}
