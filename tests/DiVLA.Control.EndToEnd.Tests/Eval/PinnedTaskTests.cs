using DiVLA.Control.Cli.Eval.Pins;
using DiVLA.Control.Simulator.Tasks;
using DiVLA.Control.Simulator.World;

namespace DiVLA.Control.EndToEnd.Tests.Eval;

[TestFixture]
internal sealed class PinnedTaskTests
{
    private static IEnumerable<Episode> Episodes(TaskFamily family) =>
        Enumerable.Range(1, 40).Select(seed => EpisodeSampler.Sample(SeedSplit.Evaluation, (ulong)seed, family));

    [Test]
    public void Draw_Bin_IsTheOtherBinForTheSameObject([Values] TaskFamily family)
    {
        foreach (var episode in Episodes(family))
        {
            var (told, task) = (episode.Goal.Current(episode.Scene)!.Value, Draw(episode, PinKind.Bin));
            Assert.That((task.Goal.Target, task.Goal.Bin), Is.EqualTo((told.Target, told.Bin == Side.Left ? Side.Right : Side.Left)));
            Assert.That((task.Request.Bin, task.Request.Object, task.Request.Phrase), Is.EqualTo((InstructionGrammar.Word(task.Goal.Bin), "", "")));
        }
    }

    [Test]
    public void Draw_Object_IsAnotherOneIntoTheBinThatTheInstructionHasForIt([Values] TaskFamily family)
    {
        foreach (var episode in Episodes(family))
        {
            var (told, task) = (episode.Goal.Current(episode.Scene)!.Value, Draw(episode, PinKind.Object));
            var kind = episode.Scene.Objects[task.Goal.Target].Kind;
            Assert.That(task.Goal.Target, Is.Not.EqualTo(told.Target));
            Assert.That((task.Request.Object, task.Request.Bin), Is.EqualTo((InstructionGrammar.Name(kind), "")));
            if (episode.Goal is PutObject) Assert.That(task.Goal.Bin, Is.EqualTo(told.Bin));
            if (episode.Goal is SortingRule { Property: SortProperty.Warmth } sort)
                Assert.That(task.Goal.Bin == sort.FirstClassBin, Is.EqualTo(kind.IsWarm));
        }
    }

    [Test]
    public void Draw_Phrase_NamesAnotherObjectAndEitherBin()
    {
        var tasks = Episodes(TaskFamily.Direct).Select(episode => Draw(episode, PinKind.Phrase)).ToArray();
        Assert.That(tasks.Select(task => task.Goal.Target == ((PutObject)task.Told.Goal).Target), Is.All.False);
        Assert.That(tasks.Select(task => task.Goal.Bin).Distinct().Count(), Is.EqualTo(2));
        foreach (var task in tasks)
            Assert.That(task.Request.Phrase, Does.StartWith($"target {InstructionGrammar.Name(task.Told.Scene.Objects[task.Goal.Target].Kind)} ")
                .And.Contain($"put it in the {InstructionGrammar.Word(task.Goal.Bin)} bin"));
    }

    [Test]
    public void Draw_RandomTick_IsDrawnBySeed()
    {
        var plan = new PinPlan(PinKind.Bin, null, null);
        var ticks = Episodes(TaskFamily.Direct).Select(episode => PinnedTask.Draw(episode, plan).Tick).ToArray();
        Assert.That(ticks, Is.All.InRange(1, PinPlan.LatestDrawnTick));
        Assert.That(ticks.Distinct().Count(), Is.GreaterThan(10));
        Assert.That(Episodes(TaskFamily.Direct).Select(episode => PinnedTask.Draw(episode, plan).Tick), Is.EqualTo(ticks));
    }

    [Test]
    public void Judged_AfterARelease_ByTheInstruction()
    {
        var episode = Episodes(TaskFamily.Direct).First();
        var task = Draw(episode, PinKind.Bin);
        Assert.That(task.Judged(new PinPlan(PinKind.Bin, 0, null)).Goal, Is.EqualTo(task.Goal));
        Assert.That(task.Judged(new PinPlan(PinKind.Bin, 0, 30)).Goal, Is.EqualTo(episode.Goal));
    }

    private static PinnedTask Draw(Episode episode, PinKind kind) => PinnedTask.Draw(episode, new PinPlan(kind, 0, null));
}
