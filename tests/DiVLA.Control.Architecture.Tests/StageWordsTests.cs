using DiVLA.Control.Policy;

namespace DiVLA.Control.Architecture.Tests;

/// <summary>One word a stage: the folder that runs it, the graph that holds it and the module that is trained have the same.</summary>
[TestFixture]
internal sealed class StageWordsTests
{
    // Frames are decoded before any graph, and a phrase is learnt by the backbone's own decoder: neither has a module.
    private static readonly string[] _withoutGraph = ["Decode"];
    private static readonly string[] _withoutModule = ["Decode", "Reasoning"];

    private static string[] Stages() => Enum.GetNames<PolicyStage>();

    private static string[] TrainedStages() => [.. Stages().Except(_withoutModule)];

    [TestCaseSource(nameof(Stages))]
    public void Stage_IsRunBy_ItsFolder(string stage)
    {
        Assert.That(Repository.PathOf($"src/DiVLA.Control.Policy/{stage}/{stage}Stage.cs"), Does.Exist);
    }

    [TestCaseSource(nameof(TrainedStages))]
    public void Stage_IsTrainedBy_ItsModule(string stage)
    {
        var modules = new[] { "Modules", "Embodiments" }.SelectMany(folder => Directory.EnumerateFiles(Repository.PathOf($"src/DiVLA.Control.Training/{folder}"), $"{stage}*.cs"));
        Assert.That(modules, Is.Not.Empty);
    }

    [Test]
    public void Graphs_AreThoseOf_TheStages()
    {
        var graphs = Directory.EnumerateFiles(Repository.PathOf("src/DiVLA.Control.ModelBuilder/Graphs"), "*Graph.cs").Select(file => Path.GetFileName(file).Replace("Graph.cs", "", StringComparison.Ordinal));
        Assert.That(graphs, Is.EquivalentTo(Stages().Except(_withoutGraph)));
    }
}
