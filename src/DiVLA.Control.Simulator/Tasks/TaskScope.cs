namespace DiVLA.Control.Simulator.Tasks;

/// <summary>Which tasks a policy was trained for, and so may be asked of it.</summary>
/// <param name="Families">Kinds of instruction.</param>
/// <param name="FewestObjects">On a table. Range: 2 or more.</param>
/// <param name="MostObjects">On a table. Range: up to 5.</param>
public sealed record TaskScope(IReadOnlyList<TaskFamily> Families, int FewestObjects, int MostObjects)
{
    /// <summary>All that the simulator can ask.</summary>
    public static TaskScope Full { get; } = new(Enum.GetValues<TaskFamily>(), FewestObjects: 3, MostObjects: 5);
}
