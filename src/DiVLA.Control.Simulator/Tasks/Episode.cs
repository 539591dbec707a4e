using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.World;

namespace DiVLA.Control.Simulator.Tasks;

/// <summary>A task to try.</summary>
/// <param name="Family">Kind of instruction.</param>
/// <param name="Seed">What it was drawn from.</param>
/// <param name="Instruction">What the arm is told.</param>
/// <param name="Goal">What that means.</param>
/// <param name="Scene">The table.</param>
/// <param name="Start">Where the tool starts, in the table frame; the same for every arm.</param>
/// <param name="PostureSeed">Decides how an arm's joints put the tool there.</param>
public sealed record Episode(TaskFamily Family, ulong Seed, string Instruction, Goal Goal, Scene Scene, RigidTransform Start, ulong PostureSeed)
{
    private const int PostureAttempts = 20;

    private static readonly TimeSpan _oneObject = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan _oneOfMany = TimeSpan.FromSeconds(5);

    /// <summary>Time that it may take: 8 s for one object, 5 s an object where all are to be sorted.</summary>
    public TimeSpan TimeLimit => Goal is SortAll ? Scene.Objects.Length * _oneOfMany : _oneObject;

    /// <summary>Joints of an arm whose tool is at the start.</summary>
    /// <exception cref="InvalidOperationException">The arm cannot be there within its limits.</exception>
    public JointPositions StartJoints(EmbodimentProfile arm)
    {
        var (random, kinematics) = (new SplitMix64(PostureSeed), arm.CreateKinematics());
        for (var attempt = 0; attempt < PostureAttempts; attempt++)
            if (EpisodeSampler.TrySolveJoints(random, kinematics, arm.RestRad, Start, out var joints) && arm.Allows(joints.AsSpan())) return joints;
        throw new InvalidOperationException($"{arm.Name} cannot reach the start of episode {Seed} ({Family}) within its limits: {Start}.");
    }
}
