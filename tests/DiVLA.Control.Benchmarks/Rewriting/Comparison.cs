using DiVLA.Control.Benchmarks.Graphs;
using DiVLA.Control.ModelBuilder.Onnx;
using DiVLA.Control.TestSupport.Heads;

namespace DiVLA.Control.Benchmarks.Rewriting;

/// <summary>One thing computed in several ways.</summary>
/// <param name="Name">What is computed.</param>
/// <param name="OpenFolder">Makes the weights.</param>
/// <param name="Variants">The plain way first.</param>
/// <param name="Read">What must come out the same.</param>
internal sealed record Comparison(string Name, Func<GraphFolder> OpenFolder, IReadOnlyList<Variant> Variants, Func<GraphTimer, float[]> Read);

/// <summary>One way.</summary>
/// <param name="Name">What it does differently.</param>
/// <param name="Build">Adds the graph.</param>
/// <param name="Prepare">Fills the inputs.</param>
internal sealed record Variant(string Name, Action<GraphBuilder> Build, Action<GraphTimer> Prepare)
{
    /// <summary>What the host does after every run.</summary>
    public Action<GraphTimer> Afterwards { get; init; } = static _ => { };

    /// <summary>Builds the graph beside the weights and loads it.</summary>
    public GraphTimer Open(GraphFolder folder)
    {
        var manifest = folder.Build(string.Concat(Name.Where(char.IsLetterOrDigit)), Build);
        var timer = new GraphTimer(Name, folder.Folder, manifest, new SessionVariant(1, true)) { Afterwards = Afterwards };
        Prepare(timer);
        return timer;
    }
}
