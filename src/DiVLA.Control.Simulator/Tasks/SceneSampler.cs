using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.World;

namespace DiVLA.Control.Simulator.Tasks;

/// <summary>Lays out tables: different objects at random places, in a random look.</summary>
/// <param name="split">Decides which object sets may be drawn, see <see cref="ObjectSets"/>.</param>
/// <param name="scope">How many objects there are.</param>
public sealed class SceneSampler(SeedSplit split, TaskScope scope)
{
    private const int PlaceAttempts = 60;

    // Sorting by shape speaks of cubes and cylinders only.
    private static readonly ObjectKind[] _ruledKinds = [.. ObjectSets.TrainingKinds.Where(kind => kind.Shape is ObjectShape.Cube or ObjectShape.Cylinder)];

    private readonly ObjectKind[] _kinds = [.. ObjectSets.TrainingKinds.Where(kind => scope.Shapes.Contains(kind.Shape))];

    /// <summary>A scene of kinds that training knows.</summary>
    public Scene Sample(SplitMix64 random) => Sample(random, _kinds, mustHold: null);

    /// <summary>A scene that also holds one kind which training never sees; it is object 0.</summary>
    public Scene SampleUnseen(SplitMix64 random) => Sample(random, _kinds, random.Pick(ObjectSets.HeldOutKinds));

    /// <summary>Objects that each belong to a class of the property, and which of them is nearest to the arm's base, next nearest and so on is plain to see.</summary>
    public Scene SampleOrdered(SplitMix64 random, SortProperty property)
    {
        while (true)
        {
            var scene = Sample(random, property == SortProperty.Shape ? _ruledKinds : _kinds, mustHold: null);
            if (SortingRule.LeastLead(scene) >= TableLayout.LeastLead) return scene;
        }
    }

    private Scene Sample(SplitMix64 random, IReadOnlyList<ObjectKind> kinds, ObjectKind? mustHold)
    {
        while (true)
        {
            var objects = new List<TableObject>(scope.MostObjects);
            var count = scope.FewestObjects + random.Below(scope.MostObjects - scope.FewestObjects + 1);
            while (mustHold is { } kind && objects.Count == 0)
                if (TryPlace(random, kind, objects) is { } first) objects.Add(first);
            for (var attempt = 0; attempt < PlaceAttempts && objects.Count < count; attempt++)
            {
                var drawn = random.Pick(kinds);
                if (objects.TrueForAll(other => other.Kind != drawn) && TryPlace(random, drawn, objects) is { } item) objects.Add(item);
            }
            if (objects.Count == count && (mustHold is not null || ObjectSets.IsHeldOut(objects) == (split == SeedSplit.Evaluation)))
                return new Scene(objects, Look.Sample(random));
        }
    }

    private static TableObject? TryPlace(SplitMix64 random, ObjectKind kind, List<TableObject> others)
    {
        var centre = new Vector3d(
            random.Between(TableLayout.NearestX, TableLayout.FarthestX),
            random.Between(-TableLayout.LargestY, TableLayout.LargestY),
            kind.Height / 2);
        var isFree = others.TrueForAll(other => (other.Centre with { Z = 0 } - centre with { Z = 0 }).Length >= TableLayout.LeastSpacing);
        return isFree && !TableLayout.IsBetweenCells(centre) ? new TableObject(kind, centre, random.Between(-0.7, 0.7)) : null;
    }
}
