using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.World;

namespace DiVLA.Control.Simulator.Tasks;

/// <summary>How an instruction picks an object by its place. Left and right are the robot's.</summary>
public enum SpatialRelation
{
    Leftmost,
    Rightmost,
    Nearest,
    Farthest,
    NearestToLeftBin,
    NearestToRightBin,
}

/// <summary>Which object of a class stands out by its place.</summary>
/// <param name="Relation">What is compared.</param>
/// <param name="Class">Cubes or cylinders only; null for all objects.</param>
public readonly record struct SpatialSelector(SpatialRelation Relation, ObjectShape? Class)
{
    /// <summary>The object meant, or null where no one could say: fewer than two of the class, or a lead of less than <see cref="TableLayout.LeastLead"/>.</summary>
    public int? Select(Scene scene)
    {
        var (best, bestRank, secondRank, count) = (0, double.PositiveInfinity, double.PositiveInfinity, 0);
        for (var i = 0; i < scene.Objects.Length; i++)
        {
            if (Class is { } shape && scene.Objects[i].Kind.Shape != shape) continue;
            count++;
            var rank = Rank(scene.Objects[i].Centre);
            if (rank < bestRank) (best, bestRank, secondRank) = (i, rank, bestRank);
            else secondRank = Math.Min(secondRank, rank);
        }
        return count >= 2 && secondRank - bestRank >= TableLayout.LeastLead ? best : null;
    }

    // The least is meant. Unit: m.
    private double Rank(Vector3d centre) => Relation switch
    {
        SpatialRelation.Leftmost => -centre.Y,
        SpatialRelation.Rightmost => centre.Y,
        SpatialRelation.Nearest => Distance(centre, default),
        SpatialRelation.Farthest => -Distance(centre, default),
        SpatialRelation.NearestToLeftBin => Distance(centre, TableLayout.BinCentre(Side.Left)),
        SpatialRelation.NearestToRightBin => Distance(centre, TableLayout.BinCentre(Side.Right)),
        _ => throw new InvalidOperationException($"Unknown relation {Relation}."),
    };

    private static double Distance(Vector3d a, Vector3d b) => Math.Sqrt((a.X - b.X) * (a.X - b.X) + (a.Y - b.Y) * (a.Y - b.Y));
}
