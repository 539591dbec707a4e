using DiVLA.Control.Simulator.World;

namespace DiVLA.Control.Simulator.Tasks;

/// <summary>Which tasks a policy was trained for, and so may be asked of it.</summary>
/// <param name="Families">Kinds of instruction.</param>
/// <param name="FewestObjects">On a table. Range: 2 or more.</param>
/// <param name="MostObjects">On a table. Range: up to 5.</param>
/// <param name="Shapes">Of the objects. Cubes and cylinders at least, of which sorting by shape speaks.</param>
public sealed record TaskScope(IReadOnlyList<TaskFamily> Families, int FewestObjects, int MostObjects, IReadOnlyList<ObjectShape> Shapes)
{
    /// <summary>All that the simulator can ask.</summary>
    public static TaskScope Full { get; } = new(Enum.GetValues<TaskFamily>(), FewestObjects: 3, MostObjects: 5, Enum.GetValues<ObjectShape>());

    /// <summary>The shapes of bundles that do not say which.</summary>
    public static IReadOnlyList<ObjectShape> FirstShapes { get; } = [ObjectShape.Cube, ObjectShape.Cylinder];
}
