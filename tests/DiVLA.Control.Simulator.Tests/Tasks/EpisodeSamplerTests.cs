using DiVLA.Control.Simulator.Tasks;
using DiVLA.Control.Simulator.World;

namespace DiVLA.Control.Simulator.Tests.Tasks;

internal sealed class EpisodeSamplerTests
{
    [Test]
    public void Sample_SameSeed_GivesTheSameEpisode([Values] TaskFamily family)
    {
        var (a, b) = (EpisodeSampler.Sample(SeedSplit.Evaluation, 42, family), EpisodeSampler.Sample(SeedSplit.Evaluation, 42, family));
        Assert.Multiple(() =>
        {
            Assert.That(a.Instruction, Is.EqualTo(b.Instruction));
            Assert.That(a.Goal, Is.EqualTo(b.Goal));
            Assert.That(a.Scene.Objects.ToArray(), Is.EqualTo(b.Scene.Objects.ToArray()));
            Assert.That((a.Start, a.PostureSeed), Is.EqualTo((b.Start, b.PostureSeed)));
        });
    }

    [Test]
    public void Sample_SameSeedOfTheOtherSplit_GivesAnotherScene([Values] TaskFamily family)
    {
        for (ulong seed = 0; seed < 50; seed++)
        {
            var training = EpisodeSampler.Sample(SeedSplit.Training, seed, family).Scene.Objects.ToArray();
            var evaluation = EpisodeSampler.Sample(SeedSplit.Evaluation, seed, family).Scene.Objects.ToArray();
            Assert.That(training, Is.Not.EqualTo(evaluation));
        }
    }

    [Test]
    public void Sample_HighBitOfTheSeed_CannotCrossTheSplit()
    {
        var plain = EpisodeSampler.Sample(SeedSplit.Training, 7, TaskFamily.Direct).Scene.Objects.ToArray();
        var withBit = EpisodeSampler.Sample(SeedSplit.Training, 7 | (1UL << 63), TaskFamily.Direct).Scene.Objects.ToArray();
        Assert.That(withBit, Is.EqualTo(plain));
    }

    [Test]
    public void Forms_HeldOutOnes_AreNeverTrainedOn()
    {
        Assert.That(InstructionGrammar.HeldOutForms, Is.Not.Empty);
        Assert.That(InstructionGrammar.HeldOutForms.Intersect(InstructionGrammar.TrainingForms), Is.Empty);
    }

    [Test]
    public void Scenes_OfTraining_HoldNoHeldOutKindAndNoHeldOutSet([Values] TaskFamily family)
    {
        Assume.That(family, Is.Not.EqualTo(TaskFamily.UnseenCombination));
        for (ulong seed = 0; seed < 200; seed++)
        {
            var objects = EpisodeSampler.Sample(SeedSplit.Training, seed, family).Scene.Objects.ToArray();
            Assert.That(objects.Select(item => item.Kind).Intersect(ObjectSets.HeldOutKinds), Is.Empty);
            Assert.That(ObjectSets.IsHeldOut(objects), Is.False);
        }
    }

    [Test]
    public void Scenes_OfEvaluation_AreOfObjectSetsThatTrainingNeverSees([Values] TaskFamily family)
    {
        for (ulong seed = 0; seed < 200; seed++)
        {
            var objects = EpisodeSampler.Sample(SeedSplit.Evaluation, seed, family).Scene.Objects.ToArray();
            var isUnseen = ObjectSets.IsHeldOut(objects) || objects.Any(item => ObjectSets.HeldOutKinds.Contains(item.Kind));
            Assert.That(isUnseen, Is.True);
            Assert.That(objects, Has.Length.InRange(TaskScope.Full.FewestObjects, TaskScope.Full.MostObjects));
        }
    }

    [Test]
    public void Scenes_OfAScopeWithoutDiscs_HoldNone([Values] TaskFamily family)
    {
        var scope = TaskScope.Full with { Shapes = TaskScope.FirstShapes };
        for (ulong seed = 0; seed < 100; seed++)
            Assert.That(Shapes(EpisodeSampler.Sample(SeedSplit.Training, seed, family, scope)), Does.Not.Contain(ObjectShape.Disc));
    }

    [Test]
    public void Scenes_SortedByShape_HoldCubesAndCylindersOnly([Values(TaskFamily.Inferential, TaskFamily.SortAll)] TaskFamily family)
    {
        var episodes = Enumerable.Range(0, 200).Select(seed => EpisodeSampler.Sample(SeedSplit.Training, (ulong)seed, family)).ToLookup(episode => ((SortingRule)episode.Goal).Property);
        Assert.That(episodes[SortProperty.Shape].SelectMany(Shapes), Does.Not.Contain(ObjectShape.Disc));
        Assert.That(episodes[SortProperty.Warmth].SelectMany(Shapes), Does.Contain(ObjectShape.Disc));
    }

    [Test]
    public void HeldOutKinds_ByColourAndByShape_AreSeenInTrainingInTwoOtherWays()
    {
        foreach (var kind in ObjectSets.HeldOutKinds)
        {
            Assert.That(ObjectSets.TrainingKinds.Count(other => other.Colour == kind.Colour), Is.EqualTo(2));
            Assert.That(ObjectSets.TrainingKinds.Count(other => other.Shape == kind.Shape), Is.GreaterThan(2));
        }
    }

    [Test]
    public void UnseenCombination_Target_IsOfAHeldOutKind()
    {
        for (ulong seed = 0; seed < 50; seed++)
        {
            var episode = EpisodeSampler.Sample(SeedSplit.Evaluation, seed, TaskFamily.UnseenCombination);
            var target = episode.Goal.Current(episode.Scene)!.Value.Target;
            Assert.That(ObjectSets.HeldOutKinds, Does.Contain(episode.Scene.Objects[target].Kind));
        }
    }

    [Test]
    public void Instructions_OfEveryFamily_FitTheModelsFourteenWords([Values] TaskFamily family)
    {
        for (ulong seed = 0; seed < 200; seed++)
            Assert.That(EpisodeSampler.Sample(SeedSplit.Evaluation, seed, family).Instruction.Split(' '), Has.Length.LessThanOrEqualTo(14));
    }

    [Test]
    public void Paraphrases_OfEvaluation_UseOnlyWordsThatTrainingKnows()
    {
        var trained = InstructionGrammar.TrainingForms.SelectMany(form => form.Split(' ')).ToHashSet();
        Assert.That(InstructionGrammar.HeldOutForms.SelectMany(form => form.Split(' ')).Where(word => !trained.Contains(word)), Is.Empty);
    }

    private static IEnumerable<ObjectShape> Shapes(Episode episode) => episode.Scene.Objects.ToArray().Select(item => item.Kind.Shape);
}
