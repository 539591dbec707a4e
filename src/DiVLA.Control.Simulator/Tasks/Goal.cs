using DiVLA.Control.Simulator.World;

namespace DiVLA.Control.Simulator.Tasks;

/// <summary>What an instruction means in a scene: which object goes into which bin.</summary>
public abstract record Goal
{
    /// <summary>The object to move now and its bin, or null when nothing is left to do.</summary>
    public abstract Assignment? Current(Scene scene);

    /// <summary>True once the first object of the goal lies in its bin.</summary>
    public abstract bool IsReached(Scene scene);
}

/// <summary>An object and the bin that it belongs in.</summary>
/// <param name="Target">Index in the scene.</param>
/// <param name="Bin">Where it goes.</param>
public readonly record struct Assignment(int Target, Side Bin);

/// <summary>One named object into one named bin.</summary>
public sealed record PutObject(int Target, Side Bin) : Goal
{
    /// <inheritdoc/>
    public override Assignment? Current(Scene scene) => IsReached(scene) ? null : new Assignment(Target, Bin);

    /// <inheritdoc/>
    public override bool IsReached(Scene scene) => scene.BinOf(Target) == Bin;
}

/// <summary>What a sorting rule looks at.</summary>
public enum SortProperty
{
    Warmth,
    Shape,
}

/// <summary>The next object into the bin of its class. Next is the one in the gripper, or else the one nearest to the arm's base.</summary>
/// <param name="Property">What decides.</param>
/// <param name="FirstClassBin">Bin of warm colours, or of cubes.</param>
public sealed record SortNext(SortProperty Property, Side FirstClassBin) : Goal
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

    /// <inheritdoc/>
    public override bool IsReached(Scene scene)
    {
        for (var i = 0; i < scene.Objects.Length; i++)
            if (scene.BinOf(i) is { } bin && bin == BinFor(scene.Objects[i].Kind)) return true;
        return false;
    }

    /// <summary>Least difference in distance from the arm's base between any two objects. Unit: m.</summary>
    public static double LeastLead(Scene scene)
    {
        var least = double.PositiveInfinity;
        for (var i = 0; i < scene.Objects.Length; i++)
            for (var j = 0; j < i; j++) least = Math.Min(least, Math.Abs(BaseDistance(scene, i) - BaseDistance(scene, j)));
        return least;
    }

    private Side BinFor(ObjectKind kind)
    {
        var isFirstClass = Property == SortProperty.Warmth ? kind.IsWarm : kind.Shape == ObjectShape.Cube;
        return isFirstClass == (FirstClassBin == Side.Left) ? Side.Left : Side.Right;
    }

    private static double BaseDistance(Scene scene, int index)
    {
        var centre = scene.Objects[index].Centre;
        return Math.Sqrt(centre.X * centre.X + centre.Y * centre.Y);
    }
}
