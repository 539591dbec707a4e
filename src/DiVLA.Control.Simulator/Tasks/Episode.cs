using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.World;

namespace DiVLA.Control.Simulator.Tasks;

/// <summary>A task to try: the scene, where the arm starts, what it is told and what that means.</summary>
public sealed record Episode(TaskFamily Family, ulong Seed, string Instruction, Goal Goal, Scene Scene, JointPositions Start)
{
    private static readonly TimeSpan _oneObject = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan _oneOfMany = TimeSpan.FromSeconds(5);

    /// <summary>Time that it may take: 8 s for one object, 5 s an object where all are to be sorted.</summary>
    public TimeSpan TimeLimit => Goal is SortAll ? Scene.Objects.Length * _oneOfMany : _oneObject;
}
