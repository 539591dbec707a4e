using DiVLA.Control.ModelBuilder.Graphs;
using DiVLA.Control.ModelBuilder.Safetensors;
using DiVLA.Control.TestSupport;
using DiVLA.Control.TestSupport.Heads;

namespace DiVLA.Control.ModelBuilder.Tests.Golden;

/// <summary>DexVLA's head against the original, from the condition to the normalised actions.</summary>
[Category("Golden")]
public sealed class ScaleDpHeadGoldenTests
{
    private static IEnumerable<GoldenFolder> Folders => GoldenFolder.All.Where(folder => Directory.Exists(folder.PathOf("scaledp")));

    [TestCaseSource(nameof(Folders))]
    public void Head_EveryStep_EqualsTheOriginal(GoldenFolder golden)
    {
        var head = GoldenHead.Read(golden.PathOf("scaledp/config.json"));
        using var weights = SafetensorsFile.Open(golden.PathOf("scaledp/model.safetensors"));
        using var expected = SafetensorsFile.Open(golden.PathOf("scaledp/expected.safetensors"));
        using var folder = new GraphFolder([.. FilmWeights.PassingThePromptMean(head.ConditionSize), .. GraphFolder.Copies(weights)]);
        using var session = new GraphSession(folder.Folder, folder.Build("diffusion", graph => PublishedDiffusionGraph.BuildTraced(graph, head)));

        session.Set<float>("prompt_mean", expected.Floats("condition"));
        session.Set<float>("reasoning_mean", new float[head.ConditionSize]);
        session.Set<float>("state", expected.Floats("state"));
        session.Set<float>("noise", expected.Floats("noise"));
        session.Run();
        GoldenSteps.Check(session, head, expected);
    }
}
