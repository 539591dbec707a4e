using DiVLA.Control.ModelBuilder.Graphs;
using DiVLA.Control.ModelBuilder.Safetensors;
using DiVLA.Control.TestSupport;
using DiVLA.Control.TestSupport.Heads;

namespace DiVLA.Control.ModelBuilder.Tests.Golden;

/// <summary>Film and DiVLA's head against the original, from the means of the hidden states to the normalised actions.</summary>
[Category("Golden")]
public sealed class UnetHeadGoldenTests
{
    private static IReadOnlyList<GoldenCase> Cases => GoldenFolder.AllCases;

    [TestCaseSource(nameof(Cases))]
    public void Head_EveryStep_EqualsTheOriginal(GoldenCase golden)
    {
        using var folder = GraphFolder.Of(golden.Folder.Checkpoint);
        var head = GoldenHead.Read(Path.Combine(golden.Folder.Checkpoint, ModelConfig.FileName));
        using var session = new GraphSession(folder.Folder, folder.Build("diffusion", graph => PublishedDiffusionGraph.BuildTraced(graph, head)));
        using var expected = SafetensorsFile.Open(golden.ExpectedPath);
        Run(session, expected);

        RelativeDifference.Check("condition", session.Buffer<float>("condition"), expected.Floats("condition"));
        GoldenSteps.Check(session, head, expected);
    }

    [TestCaseSource(nameof(Cases))]
    public void Head_WithoutTrace_GivesTheSameLatent(GoldenCase golden)
    {
        using var folder = GraphFolder.Of(golden.Folder.Checkpoint);
        var head = GoldenHead.Read(Path.Combine(golden.Folder.Checkpoint, ModelConfig.FileName));
        using var session = new GraphSession(folder.Folder, folder.Build("diffusion", graph => PublishedDiffusionGraph.Build(graph, head)));
        using var expected = SafetensorsFile.Open(golden.ExpectedPath);
        Run(session, expected);
        RelativeDifference.Check("normalised actions", session.Buffer<float>("latent"), expected.Floats("normalised_actions"));
    }

    private static void Run(GraphSession session, SafetensorsFile expected)
    {
        session.Set<float>("prompt_mean", expected.Floats("prompt_hidden_mean"));
        session.Set<float>("reasoning_mean", expected.Floats("reasoning_hidden_mean"));
        session.Set<float>("state", expected.Floats("state"));
        session.Set<float>("noise", expected.Floats("noise"));
        session.Run();
    }
}
