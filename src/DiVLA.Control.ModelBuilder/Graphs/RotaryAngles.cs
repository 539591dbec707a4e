namespace DiVLA.Control.ModelBuilder.Graphs;

/// <summary>Rotary angles: position / theta^(2 i / dim) for pair i of a head, in double precision.</summary>
internal static class RotaryAngles
{
    /// <summary>Of positions 0, 1, 2 ...: `[positions][dim / 2]`.</summary>
    public static double[][] Sequential(int positions, int dim, double theta) =>
        [.. Enumerable.Range(0, positions).Select(position => Row(dim / 2, dim, theta, _ => position))];

    /// <summary>Of positions along time, rows and columns: each axis turns its own section of the pairs. `[positions][dim / 2]`.</summary>
    /// <param name="positions">One a row.</param>
    /// <param name="sections">Pairs of time, rows and columns; their sum is dim / 2. Qwen2-VL's `mrope_section`.</param>
    /// <param name="dim">Numbers a head.</param>
    /// <param name="theta">Base of the periods.</param>
    public static double[][] Sectioned(IReadOnlyList<GridPosition> positions, int[] sections, int dim, double theta) =>
    [
        .. positions.Select(position => Row(
            dim / 2, dim, theta, pair => pair < sections[0] ? position.Time : pair < sections[0] + sections[1] ? position.Row : position.Column)),
    ];

    /// <summary>Of the vision tower: the first half of the pairs turns with the row, the second with the column. `[positions][dim / 2]`.</summary>
    public static double[][] TwoDimensional(IEnumerable<GridPosition> positions, int dim, double theta) =>
    [
        .. positions.Select(position => (double[])
            [.. Row(dim / 4, dim / 2, theta, _ => position.Row), .. Row(dim / 4, dim / 2, theta, _ => position.Column)]),
    ];

    private static double[] Row(int pairs, int dim, double theta, Func<int, int> position) =>
        [.. Enumerable.Range(0, pairs).Select(pair => position(pair) * Math.Pow(theta, -2.0 * pair / dim))];
}

/// <summary>Where a token is, along the three axes of Qwen2-VL's multimodal rotary positions. Equal on all three for text.</summary>
internal readonly record struct GridPosition(int Time, int Row, int Column);
