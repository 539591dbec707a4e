using System.Text.Json;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.TestSupport;

namespace DiVLA.Control.Benchmarks.Graphs;

/// <summary>Times every graph of a bundle under several session options.</summary>
/// <remarks>Variants take turns run by run, so that whatever else the machine does hits all of them alike.</remarks>
internal static class GraphBenchmark
{
    private const int WarmUps = 20;

    private static readonly SessionVariant[] _variants = [new(1, true), new(1, false), new(2, true), new(2, false)];

    /// <summary>Takes a bundle and a number of runs. Without a bundle, one with random weights is built.</summary>
    public static int Run(string[] arguments)
    {
        var runs = arguments.Length > 1 ? int.Parse(arguments[1]) : 300;
        if (arguments.Length > 0)
        {
            Run(arguments[0], runs);
            return 0;
        }
        var temporary = Directory.CreateTempSubdirectory("divla-benchmark-").FullName;
        TestBundles.BuildRandom(temporary, seed: 1);
        Run(temporary, runs);
        Directory.Delete(temporary, recursive: true);
        return 0;
    }

    private static void Run(string bundle, int runs)
    {
        var manifest = JsonSerializer.Deserialize<PolicyManifest>(
            File.ReadAllText(Path.Combine(bundle, PolicyManifest.FileName)), PolicyManifest.JsonOptions)!;
        GraphManifest[] graphs = [manifest.Graphs.Backbone, manifest.Graphs.Reasoning, manifest.Graphs.Diffusion, .. manifest.Embodiments.Select(e => e.Graph)];
        var flusher = new CacheFlusher();
        foreach (var graph in graphs)
        {
            var timers = Array.ConvertAll(_variants, variant => new GraphTimer($"{graph.File}, {variant}", bundle, graph, variant));
            Measure("caches warm", timers, runs, static () => { });
            Measure("caches cold", timers, runs, flusher.Flush);
            foreach (var timer in timers) timer.Dispose();
        }
    }

    private static void Measure(string caption, GraphTimer[] timers, int runs, Action between)
    {
        GraphTimer.TakeTurns(timers, WarmUps, runs, between);
        foreach (var timer in timers)
        {
            var (min, median, p90) = timer.Summary();
            Console.WriteLine($"{timer.Name,-75} {caption}: min {min:F3} ms, median {median:F3} ms, p90 {p90:F3} ms");
        }
    }
}
