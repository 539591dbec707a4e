using DiVLA.Control.Robot;

namespace DiVLA.Control.Simulator.World;

/// <summary>Where things are in the table frame: origin at the arm's base, x forward, y left, z up. Unit: m.</summary>
public static class TableLayout
{
    /// <summary>Objects are laid out within these bounds.</summary>
    public const double NearestX = 0.40;

    /// <inheritdoc cref="NearestX"/>
    public const double FarthestX = 0.60;

    /// <inheritdoc cref="NearestX"/>
    public const double LargestY = 0.18;

    /// <summary>Least distance between the centres of two objects.</summary>
    public const double LeastSpacing = 0.075;

    /// <summary>Least difference in distance from the arm's base between two objects where an instruction speaks of the next one: no one can say which of two equally near objects is meant.</summary>
    public const double LeastLead = 0.025;

    /// <summary>Boundary between the cells 'front' and 'back' of the table.</summary>
    public const double RowBoundaryX = 0.5;

    /// <summary>Distance from the middle line of the boundaries between the cells 'left', 'middle' and 'right'.</summary>
    public const double ColumnBoundaryY = 0.06;

    private const double CellMargin = 0.01;

    /// <summary>True within a centimetre of a boundary between two cells, where words for the place are a matter of taste.</summary>
    public static bool IsBetweenCells(Vector3d point) =>
        Math.Abs(point.X - RowBoundaryX) < CellMargin || Math.Abs(Math.Abs(point.Y) - ColumnBoundaryY) < CellMargin;

    /// <summary>Half the inner width of a bin.</summary>
    public const double BinHalfWidth = 0.08;

    /// <summary>Height of a bin's walls.</summary>
    public const double BinWallHeight = 0.05;

    /// <summary>Middle of a bin's floor.</summary>
    public static Vector3d BinCentre(Side side) => new(0.5, side == Side.Left ? 0.33 : -0.33, 0);

    /// <summary>True above and inside a bin.</summary>
    public static bool IsOverBin(Vector3d point, Side side)
    {
        var offset = point - BinCentre(side);
        return Math.Abs(offset.X) <= BinHalfWidth && Math.Abs(offset.Y) <= BinHalfWidth;
    }

    /// <summary>The tool's orientation in all tasks: pointing down, x forward.</summary>
    public static RigidTransform ToolDown { get; } = new(1, 0, 0, 0, 0, -1, 0, 0, 0, 0, -1, 0);
}
