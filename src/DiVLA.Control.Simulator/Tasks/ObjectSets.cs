using DiVLA.Control.Simulator.World;

namespace DiVLA.Control.Simulator.Tasks;

/// <summary>Which objects training may see together, and which it never sees at all.</summary>
public static class ObjectSets
{
    /// <summary>Pairs of colour and shape that no training scene holds, though each colour is trained on in two other shapes, and each shape in other colours.</summary>
    public static IReadOnlyList<ObjectKind> HeldOutKinds { get; } = [new(ObjectColour.Yellow, ObjectShape.Cylinder), new(ObjectColour.Blue, ObjectShape.Cube)];

    /// <summary>All other pairs of colour and shape.</summary>
    public static IReadOnlyList<ObjectKind> TrainingKinds { get; } =
    [
        .. Enum.GetValues<ObjectColour>().SelectMany(colour => Enum.GetValues<ObjectShape>().Select(shape => new ObjectKind(colour, shape))).Except(HeldOutKinds),
    ];

    /// <summary>True for the fifth of all sets that only evaluation lays out. The order of the objects does not matter.</summary>
    public static bool IsHeldOut(IEnumerable<TableObject> objects)
    {
        var members = objects.Aggregate(0UL, (set, item) => set | 1UL << Bit(item.Kind));
        return new SplitMix64(members).Below(5) == 0;
    }

    // Discs came later; the sets without any stay what they were.
    private static int Bit(ObjectKind kind) =>
        kind.Shape == ObjectShape.Disc ? 2 * Enum.GetValues<ObjectColour>().Length + (int)kind.Colour : 2 * (int)kind.Colour + (int)kind.Shape;
}
