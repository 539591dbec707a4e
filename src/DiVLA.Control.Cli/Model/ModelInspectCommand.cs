using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using DiVLA.Control.ModelBuilder.Bundles;
using DiVLA.Control.ModelBuilder.Costs;
using DiVLA.Control.Policy.Bundle;
using Spectre.Console;

namespace DiVLA.Control.Cli.Model;

/// <summary>`divla model inspect`: what a bundle says about itself and what its graphs hold. Nothing is checked; `verify` does that.</summary>
internal static class ModelInspectCommand
{
    public static Command Create(Terminal terminal)
    {
        var (bundle, gpu, json) = (ModelCommand.Bundle(), AcceleratorSelection.Option(), SharedOptions.Json());
        var command = new Command("inspect", "Show what a bundle says about itself and what its graphs hold: cameras, arms, stages and their costs, tensors, files.") { bundle, gpu, json };
        command.SetAction((parsed, _) => CommandGuard.RunAsync(
            terminal, () => RunAsync(terminal, BundleLocation.Find(parsed.GetValue(bundle)), parsed.GetRequiredValue(gpu), parsed.GetValue(json))));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, string bundle, Accelerator accelerator, bool json)
    {
        var report = BundleInspector.Inspect(bundle, accelerator);
        if (json) await terminal.Out.WriteLineAsync(JsonSerializer.Serialize(report, OneLine));
        else Write(terminal.Console, report, accelerator);
        return ExitCode.Success;
    }

    /// <summary>As policy.json is written, on one line.</summary>
    public static JsonSerializerOptions OneLine { get; } = new(PolicyManifest.JsonOptions) { WriteIndented = false };

    private static void Write(IAnsiConsole console, BundleReport report, Accelerator accelerator)
    {
        var about = new Table().Border(TableBorder.None).HideHeaders().AddColumns("", "");
        foreach (var (name, value) in About(report)) about.AddRow(new Text(name), new Text(value));
        console.Write(about);
        StageTables.Write(console, report.Stages, report.Estimate, accelerator);
        console.Write(Graphs(report.Graphs));
        console.Write(Tensors(report.Graphs));
        console.Write(Files(report.Manifest));
    }

    private static IEnumerable<(string Name, string Value)> About(BundleReport report) => About(report.Manifest)
        .Append(("added beside them", report.AddedEmbodiments.Length == 0 ? "none" : string.Join(", ", report.AddedEmbodiments)))
        .Append(("size", $"{Number(report.Bytes)} bytes"));

    private static IEnumerable<(string Name, string Value)> About(PolicyManifest manifest) =>
    [
        ("name", manifest.Name),
        ("revision", manifest.Revision),
        ("licence", manifest.License),
        ("architecture", manifest.Architecture),
        ("cameras", string.Join(", ", manifest.Cameras.Select(camera => $"{camera.Name} {camera.Width} x {camera.Height}"))),
        ("state", $"{manifest.State.Id}, {manifest.State.Size} numbers"),
        ("latent", $"{manifest.Latent.Id}, {manifest.Latent.Horizon} samples of {manifest.Latent.Size}"),
        ("scheduler", $"{manifest.Scheduler.Kind}, {manifest.Scheduler.InferenceTimesteps} of {manifest.Scheduler.TrainTimesteps} steps, predicts {manifest.Scheduler.PredictionType}"),
        ("control rate", string.Create(CultureInfo.InvariantCulture, $"{manifest.ControlRateHz} Hz, a sample every {manifest.SamplePeriodTicks} ticks")),
        ("decoder", $"{manifest.Decoder.Layers} layers, width {manifest.Decoder.HiddenSize}, cache of {manifest.Decoder.CacheLength} tokens"),
        ("embodiments", string.Join(", ", manifest.Embodiments.Select(embodiment => embodiment.Name))),
    ];

    private static Table Graphs(IEnumerable<GraphReport> graphs)
    {
        var table = new Table().Border(TableBorder.Horizontal).AddColumns(new TableColumn("graph").NoWrap()).AddColumns("nodes", "weight bytes", "constant bytes", "most frequent operators");
        foreach (var graph in graphs)
            table.AddRow(
                new Text(Place(graph)), new Text(Number(graph.Nodes)), new Text(Number(graph.WeightBytes)), new Text(Number(graph.ConstantBytes)),
                new Text(string.Join(", ", graph.NodesByOperator.Take(4).Select(count => $"{count.Operator} {count.Nodes}"))));
        return table;
    }

    // embodiments/panda has one graph, whose name says no more.
    private static string Place(GraphReport graph) => Path.GetDirectoryName(graph.File) is { Length: > 0 } folder ? folder : graph.File;

    private static Table Tensors(IEnumerable<GraphReport> graphs)
    {
        var table = new Table().Border(TableBorder.Horizontal).AddColumns(new TableColumn("graph").NoWrap()).AddColumns("", "tensor", "type", "shape");
        foreach (var graph in graphs)
        {
            foreach (var (name, input) in Numbered(graph.Inputs)) AddRow(Place(graph), "in", name, input);
            foreach (var (name, output) in Numbered(graph.Outputs)) AddRow(Place(graph), "out", name, output);
        }
        return table;

        void AddRow(string place, string direction, string name, TensorManifest tensor) => table.AddRow(
            new Text(place), new Text(direction), new Text(name), new Text($"{tensor.Dtype}"), new Text($"[{string.Join(", ", tensor.Shape)}]"));
    }

    // keys.0 to keys.27 are one row.
    private static IEnumerable<(string Name, TensorManifest Tensor)> Numbered(IEnumerable<TensorManifest> tensors) => tensors
        .GroupBy(tensor => (Stem: tensor.Name.TrimEnd(_digits), tensor.Dtype, Shape: string.Join(",", tensor.Shape)))
        .Select(group => (group.Count() == 1 ? group.First().Name : $"{group.Key.Stem}{{0..{group.Count() - 1}}}", group.First()));

    private static readonly char[] _digits = [.. "0123456789"];

    private static Table Files(PolicyManifest manifest)
    {
        var table = new Table().Border(TableBorder.Horizontal).AddColumns("file", "bytes", "sha256");
        foreach (var file in manifest.Files)
            table.AddRow(new Text(file.Path), new Text(Number(file.Bytes)), new Text(file.Sha256[..Math.Min(12, file.Sha256.Length)]));
        return table;
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
