using DiVLA.Control.Simulator.World;

namespace DiVLA.Control.Simulator.Tasks;

/// <summary>What an instruction means in a scene: which object goes into which bin.</summary>
public abstract record Goal
{
    /// <summary>The object to move now and its bin, or null when nothing is left to do.</summary>
    public abstract Assignment? Current(Scene scene);

    /// <summary>True once what the instruction asks for is done.</summary>
    public abstract bool IsReached(Scene scene);
}

/// <summary>An object and the bin that it belongs in.</summary>
/// <param name="Target">Index in the scene.</param>
/// <param name="Bin">Where it goes.</param>
public readonly record struct Assignment(int Target, Side Bin);

/// <summary>One object into one bin.</summary>
public sealed record PutObject(int Target, Side Bin) : Goal
{
    /// <inheritdoc/>
    public override Assignment? Current(Scene scene) => IsReached(scene) ? null : new Assignment(Target, Bin);

    /// <inheritdoc/>
    public override bool IsReached(Scene scene) => scene.BinOf(Target) == Bin;
}
