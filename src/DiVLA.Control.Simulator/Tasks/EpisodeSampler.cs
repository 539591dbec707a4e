using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.Arm;
using DiVLA.Control.Simulator.World;

namespace DiVLA.Control.Simulator.Tasks;

/// <summary>Which half of all seeds an episode is drawn from. The halves have no seed in common.</summary>
public enum SeedSplit
{
    Training,
    Evaluation,
}

/// <summary>Draws episodes. Deterministic by split, seed and family.</summary>
public static class EpisodeSampler
{
    private const ulong EvaluationBit = 1UL << 63;
    private const int ObjectCount = 3;
    private const int PostureAttempts = 5;

    /// <summary>Draws one episode.</summary>
    public static Episode Sample(SeedSplit split, ulong seed, TaskFamily family)
    {
        var streamSeed = split == SeedSplit.Evaluation ? seed | EvaluationBit : seed & ~EvaluationBit;
        var random = new SplitMix64(new SplitMix64(streamSeed).NextBits() + (ulong)family);
        var scene = family == TaskFamily.Inferential ? SampleOrderedScene(random) : SampleScene(random);
        var goal = SampleGoal(random, scene, family);
        return new Episode(family, seed, Phrase(random, split, scene, goal, family), goal, scene, SampleStart(random));
    }

    /// <summary>Three different objects at random places.</summary>
    public static Scene SampleScene(SplitMix64 random)
    {
        var objects = new List<TableObject>(ObjectCount);
        while (objects.Count < ObjectCount)
        {
            var kind = new ObjectKind((ObjectColour)random.Below(6), (ObjectShape)random.Below(2));
            var centre = new Vector3d(
                random.Between(TableLayout.NearestX, TableLayout.FarthestX),
                random.Between(-TableLayout.LargestY, TableLayout.LargestY),
                kind.Height / 2);
            var isFree = objects.TrueForAll(other => (other.Centre with { Z = 0 } - centre with { Z = 0 }).Length >= TableLayout.LeastSpacing);
            if (isFree && objects.TrueForAll(other => other.Kind != kind))
                objects.Add(new TableObject(kind, centre, random.Between(-0.7, 0.7)));
        }
        return new Scene(objects, Look.Sample(random));
    }

    /// <summary>As <see cref="SampleScene"/>, and which object is nearest to the arm's base, and next nearest, is plain to see.</summary>
    public static Scene SampleOrderedScene(SplitMix64 random)
    {
        while (true)
        {
            var scene = SampleScene(random);
            if (SortNext.LeastLead(scene) >= TableLayout.LeastLead) return scene;
        }
    }

    /// <summary>A start somewhere over the table, the tool tilted a little.</summary>
    public static RigidTransform SampleStartPose(SplitMix64 random) =>
        SampleTilt(random, 0.06).WithOrigin(new Vector3d(random.Between(0.38, 0.58), random.Between(-0.2, 0.2), random.Between(0.17, 0.32)));

    /// <summary>The tool pointing down, turned by a small random angle about each axis. Unit: rad.</summary>
    public static RigidTransform SampleTilt(SplitMix64 random, double deviation) =>
        RotationVector.ToTransform(new Vector3d(random.NextGaussian(), random.NextGaussian(), random.NextGaussian()) * deviation) * TableLayout.ToolDown;

    /// <summary>Joints that put the tool at a pose, with a random posture in the null space.</summary>
    /// <exception cref="InvalidOperationException">The pose is out of reach.</exception>
    public static JointPositions SolveJoints(SplitMix64 random, ArmKinematics kinematics, in RigidTransform pose) =>
        TrySolveJoints(random, kinematics, pose, out var joints) ? joints : throw new InvalidOperationException($"No joints reach the tool pose {pose}.");

    /// <summary>As <see cref="SolveJoints"/>, but false where the pose is out of reach.</summary>
    public static bool TrySolveJoints(SplitMix64 random, ArmKinematics kinematics, in RigidTransform pose, out JointPositions joints)
    {
        Span<double> rest = stackalloc double[kinematics.JointCount];
        Span<double> solution = stackalloc double[rest.Length];
        for (var attempt = 0; attempt < PostureAttempts; attempt++)
        {
            PandaProfile.RestRad.CopyTo(rest);
            for (var j = 0; j < rest.Length; j++) rest[j] += 0.1 * random.NextGaussian();
            rest.CopyTo(solution);
            if (!InverseKinematics.Solve(kinematics, pose, rest, solution, 200)) continue;
            joints = new JointPositions(solution);
            return true;
        }
        joints = default;
        return false;
    }

    private static JointPositions SampleStart(SplitMix64 random) =>
        SolveJoints(random, PandaProfile.CreateKinematics(), SampleStartPose(random));

    private static Goal SampleGoal(SplitMix64 random, Scene scene, TaskFamily family)
    {
        var side = (Side)random.Below(2);
        if (family != TaskFamily.Inferential) return new PutObject(random.Below(scene.Objects.Length), side);
        return new SortNext((SortProperty)random.Below(2), side);
    }

    private static string Phrase(SplitMix64 random, SeedSplit split, Scene scene, Goal goal, TaskFamily family)
    {
        if (goal is SortNext sort) return random.Chance(0.5) ? InstructionGrammar.Sort(sort) : InstructionGrammar.SortReversed(sort);
        var (target, bin) = (PutObject)goal;
        var name = NameOf(random, scene, target);
        if (family == TaskFamily.Direct) return InstructionGrammar.Direct(name, bin);
        var forms = split == SeedSplit.Evaluation ? InstructionGrammar.HeldOutForms : InstructionGrammar.TrainingForms;
        return InstructionGrammar.Fill(random.Pick(forms), name, bin);
    }

    // The colour alone names an object where no other has it.
    private static string NameOf(SplitMix64 random, Scene scene, int target)
    {
        var kind = scene.Objects[target].Kind;
        var sameColour = 0;
        foreach (var item in scene.Objects)
            if (item.Kind.Colour == kind.Colour) sameColour++;
        return sameColour == 1 && random.Chance(0.3) ? InstructionGrammar.NameByColour(kind) : InstructionGrammar.Name(kind);
    }
}
