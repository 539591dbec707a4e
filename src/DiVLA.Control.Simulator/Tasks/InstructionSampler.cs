using DiVLA.Control.Simulator.World;

namespace DiVLA.Control.Simulator.Tasks;

/// <summary>Draws a scene, what to do in it, and the words for it.</summary>
internal static class InstructionSampler
{
    public static (Scene Scene, Goal Goal, string Instruction) Sample(SplitMix64 random, SeedSplit split, TaskFamily family, TaskScope scope)
    {
        var scenes = new SceneSampler(split, scope);
        return family switch
        {
            TaskFamily.Direct => Put(random, scenes.Sample(random), _canonical),
            TaskFamily.Paraphrase => Put(random, scenes.Sample(random), split == SeedSplit.Evaluation ? InstructionGrammar.HeldOutForms : InstructionGrammar.TrainingForms),
            TaskFamily.Inferential => SortNext(random, scenes),
            TaskFamily.Spatial => Spatial(random, scenes, scope),
            TaskFamily.SortAll => SortAll(random, scenes),
            TaskFamily.UnseenCombination => PutUnseen(random, scenes.SampleUnseen(random)),
            _ => throw new ArgumentOutOfRangeException(nameof(family), family, "Unknown family."),
        };
    }

    private static readonly IReadOnlyList<string> _canonical = [InstructionGrammar.Canonical];

    private static (Scene, Goal, string) Put(SplitMix64 random, Scene scene, IReadOnlyList<string> forms)
    {
        var goal = new PutObject(random.Below(scene.Objects.Length), SampleSide(random));
        return (scene, goal, InstructionGrammar.Fill(random.Pick(forms), NameOf(random, scene, goal.Target), goal.Bin));
    }

    private static (Scene, Goal, string) PutUnseen(SplitMix64 random, Scene scene)
    {
        var goal = new PutObject(0, SampleSide(random));
        return (scene, goal, InstructionGrammar.Direct(InstructionGrammar.Name(scene.Objects[0].Kind), goal.Bin));
    }

    private static (Scene, Goal, string) SortNext(SplitMix64 random, SceneSampler scenes)
    {
        var goal = new SortNext((SortProperty)random.Below(2), SampleSide(random));
        var scene = scenes.SampleOrdered(random, goal.Property);
        return (scene, goal, InstructionGrammar.Sort(goal, startsWithSecondClass: random.Chance(0.5)));
    }

    private static (Scene, Goal, string) SortAll(SplitMix64 random, SceneSampler scenes)
    {
        var goal = new SortAll((SortProperty)random.Below(2), SampleSide(random));
        var scene = scenes.SampleOrdered(random, goal.Property);
        return (scene, goal, InstructionGrammar.Sort(goal, startsWithSecondClass: random.Chance(0.5)));
    }

    private static (Scene, Goal, string) Spatial(SplitMix64 random, SceneSampler scenes, TaskScope scope)
    {
        while (true)
        {
            var scene = scenes.Sample(random);
            var selector = new SpatialSelector((SpatialRelation)random.Below(6), SampleClass(random, scope));
            if (selector.Select(scene) is not { } target) continue;
            var goal = new PutObject(target, SampleSide(random));
            return (scene, goal, InstructionGrammar.Direct(InstructionGrammar.Name(selector), goal.Bin));
        }
    }

    // 'object' as often as all shapes together.
    private static ObjectShape? SampleClass(SplitMix64 random, TaskScope scope) => random.Chance(0.5) ? null : random.Pick(scope.Shapes);

    private static Side SampleSide(SplitMix64 random) => (Side)random.Below(2);

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
