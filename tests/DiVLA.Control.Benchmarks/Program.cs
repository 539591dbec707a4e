using DiVLA.Control.Benchmarks;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.TestSupport;

// Times every graph of a bundle: `DiVLA.Control.Benchmarks [bundle] [runs]`. Without a bundle, one with random weights is built.
// Variants take turns run by run, so that whatever else the machine does hits all of them alike.
var runs = args.Length > 1 ? int.Parse(args[1]) : 300;
var temporary = args.Length > 0 ? null : Directory.CreateTempSubdirectory("divla-benchmark-").FullName;
var bundle = temporary ?? args[0];
if (temporary is not null) TestBundles.BuildRandom(temporary, seed: 1);
var manifest = System.Text.Json.JsonSerializer.Deserialize<PolicyManifest>(
    File.ReadAllText(Path.Combine(bundle, PolicyManifest.FileName)), PolicyManifest.JsonOptions)!;

SessionVariant[] variants = [new(1, true), new(1, false), new(2, true), new(2, false)];
GraphManifest[] graphs = [manifest.Graphs.Backbone, manifest.Graphs.Reasoning, manifest.Graphs.Diffusion, .. manifest.Embodiments.Select(e => e.Graph)];
var flusher = new CacheFlusher();
foreach (var graph in graphs)
{
    var timers = Array.ConvertAll(variants, variant => new GraphTimer(bundle, graph, variant));
    Measure("caches warm", timers, static () => { });
    Measure("caches cold", timers, flusher.Flush);
    foreach (var timer in timers) timer.Dispose();
}
if (temporary is not null) Directory.Delete(temporary, recursive: true);

void Measure(string caption, GraphTimer[] timers, Action between)
{
    foreach (var timer in timers)
        for (var i = 0; i < 20; i++) timer.Run();
    foreach (var timer in timers) timer.Restart();
    for (var i = 0; i < runs; i++)
        foreach (var timer in timers)
        {
            between();
            timer.Run();
        }
    foreach (var timer in timers)
    {
        var (min, median, p90) = timer.Summary();
        Console.WriteLine($"{timer.Name,-75} {caption}: min {min:F3} ms, median {median:F3} ms, p90 {p90:F3} ms");
    }
}
