using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.World;

namespace DiVLA.Control.Simulator.Arm;

/// <summary>Whether an arm, mounted as its profile says, reaches all that the tasks ask for: objects and bins, low and high, with the tool pointing down.</summary>
public static class TableReach
{
    private const int Iterations = 400;
    private const double BinMargin = 0.04;

    private static readonly double[] _heights = [0.015, 0.1, 0.2, 0.3];

    /// <summary>Places of the table frame where the arm's joints find no solution, or none within their limits. Unit: m.</summary>
    public static IReadOnlyList<Vector3d> Unreachable(EmbodimentProfile arm)
    {
        var kinematics = arm.CreateKinematics();
        return [.. Places().Where(place => !Reaches(arm, kinematics, place))];
    }

    private static bool Reaches(EmbodimentProfile arm, ArmKinematics kinematics, Vector3d place)
    {
        double[] joints = [.. arm.RestRad];
        return InverseKinematics.Solve(kinematics, TableLayout.ToolDown.WithOrigin(place), arm.RestRad, joints, Iterations) && arm.Allows(joints);
    }

    private static IEnumerable<Vector3d> Places()
    {
        double[] columns = [TableLayout.NearestX, (TableLayout.NearestX + TableLayout.FarthestX) / 2, TableLayout.FarthestX];
        double[] rows = [-TableLayout.LargestY, -TableLayout.LargestY / 2, 0, TableLayout.LargestY / 2, TableLayout.LargestY];
        var table = from x in columns from y in rows select new Vector3d(x, y, 0);
        var bins = from side in Enum.GetValues<Side>()
                   from x in new[] { -BinMargin, BinMargin }
                   from y in new[] { -BinMargin, BinMargin }
                   select TableLayout.BinCentre(side) + new Vector3d(x, y, 0);
        return from place in table.Concat(bins) from z in _heights select place with { Z = z };
    }
}
