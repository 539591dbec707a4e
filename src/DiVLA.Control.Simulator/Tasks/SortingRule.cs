using DiVLA.Control.Simulator.World;

namespace DiVLA.Control.Simulator.Tasks;

/// <summary>What a sorting rule looks at.</summary>
public enum SortProperty
{
    Warmth,
    Shape,
}

/// <summary>Objects into the bins of their classes. Next is the object in the gripper, or else the one nearest to the arm's base.</summary>
/// <param name="Property">What decides.</param>
/// <param name="FirstClassBin">Bin of warm colours, or of cubes.</param>
public abstract record SortingRule(SortProperty Property, Side FirstClassBin) : Goal
{
    /// <inheritdoc/>
    public override Assignment? Current(Scene scene)
    {
        if (scene.Held is { } held) return new Assignment(held, BinFor(scene.Objects[held].Kind));
        int? next = null;
        for (var i = 0; i < scene.Objects.Length; i++)
            if (scene.BinOf(i) is null && (next is null || BaseDistance(scene, i) < BaseDistance(scene, next.Value))) next = i;
        return next is { } index ? new Assignment(index, BinFor(scene.Objects[index].Kind)) : null;
    }

    /// <summary>The bin of an object's class.</summary>
    public Side BinFor(ObjectKind kind)
    {
        var isFirstClass = Property == SortProperty.Warmth ? kind.IsWarm : kind.Shape == ObjectShape.Cube;
        return isFirstClass == (FirstClassBin == Side.Left) ? Side.Left : Side.Right;
    }

    /// <summary>Least difference in distance from the arm's base between any two objects. Unit: m.</summary>
    public static double LeastLead(Scene scene)
    {
        var least = double.PositiveInfinity;
        for (var i = 0; i < scene.Objects.Length; i++)
            for (var j = 0; j < i; j++) least = Math.Min(least, Math.Abs(BaseDistance(scene, i) - BaseDistance(scene, j)));
        return least;
    }

    /// <summary>Objects that lie in the bin of their class.</summary>
    protected int Sorted(Scene scene)
    {
        var count = 0;
        for (var i = 0; i < scene.Objects.Length; i++)
            if (scene.BinOf(i) == BinFor(scene.Objects[i].Kind)) count++;
        return count;
    }

    private static double BaseDistance(Scene scene, int index)
    {
        var centre = scene.Objects[index].Centre;
        return Math.Sqrt(centre.X * centre.X + centre.Y * centre.Y);
    }
}

/// <summary>The next object. Told so, the arm goes on with the one after it when the first is in its bin.</summary>
public sealed record SortNext(SortProperty Property, Side FirstClassBin) : SortingRule(Property, FirstClassBin)
{
    /// <inheritdoc/>
    public override bool IsReached(Scene scene) => Sorted(scene) > 0;
}

/// <summary>Every object, one after the other.</summary>
public sealed record SortAll(SortProperty Property, Side FirstClassBin) : SortingRule(Property, FirstClassBin)
{
    /// <inheritdoc/>
    public override bool IsReached(Scene scene) => Sorted(scene) == scene.Objects.Length;
}
