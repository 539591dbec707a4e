using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using DiVLA.Control.Policy.Bundle;
using Spectre.Console;

namespace DiVLA.Control.Cli.Model;

/// <summary>`divla model inspect`: what a bundle says about itself. Nothing is checked; `verify` does that.</summary>
internal static class ModelInspectCommand
{
    public static Command Create(Terminal terminal)
    {
        var (bundle, json) = (ModelCommand.Bundle(), SharedOptions.Json());
        var command = new Command("inspect", "Show what a bundle says about itself: cameras, graphs, files, arms.") { bundle, json };
        command.SetAction((parsed, _) => CommandGuard.RunAsync(
            terminal, () => RunAsync(terminal, BundleLocation.Find(parsed.GetValue(bundle)), parsed.GetValue(json))));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, string bundle, bool json)
    {
        var manifest = Read(bundle);
        if (json) await terminal.Out.WriteLineAsync(JsonSerializer.Serialize(manifest, OneLine));
        else Write(terminal.Console, manifest);
        return ExitCode.Success;
    }

    private static readonly JsonSerializerOptions OneLine = new(PolicyManifest.JsonOptions) { WriteIndented = false };

    private static PolicyManifest Read(string bundle)
    {
        var path = Path.Combine(bundle, PolicyManifest.FileName);
        try
        {
            using var file = File.OpenRead(path);
            return JsonSerializer.Deserialize<PolicyManifest>(file, PolicyManifest.JsonOptions) ?? throw new JsonException("the file is empty");
        }
        catch (JsonException error)
        {
            throw new BundleRejectedException(bundle, [new BundleFault(PolicyManifest.FileName, error.Path ?? "$", error.Message, "a manifest that can be read")]);
        }
    }

    private static void Write(IAnsiConsole console, PolicyManifest manifest)
    {
        var about = new Table().Border(TableBorder.None).HideHeaders().AddColumns("", "");
        foreach (var (name, value) in About(manifest)) about.AddRow(new Text(name), new Text(value));
        console.Write(about);
        console.Write(Tensors(manifest));
        console.Write(Files(manifest));
    }

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

    private static Table Tensors(PolicyManifest manifest)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("graph", "", "tensor", "type", "shape");
        var graphs = new[] { manifest.Graphs.Backbone, manifest.Graphs.Reasoning, manifest.Graphs.Diffusion }.Concat(manifest.Embodiments.Select(embodiment => embodiment.Graph));
        foreach (var graph in graphs)
        {
            foreach (var input in graph.Inputs) AddRow(graph.File, "in", input);
            foreach (var output in graph.Outputs) AddRow(graph.File, "out", output);
        }
        return table;

        void AddRow(string file, string direction, TensorManifest tensor) => table.AddRow(
            new Text(file), new Text(direction), new Text(tensor.Name), new Text($"{tensor.Dtype}"), new Text($"[{string.Join(", ", tensor.Shape)}]"));
    }

    private static Table Files(PolicyManifest manifest)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("file", "bytes", "sha256");
        foreach (var file in manifest.Files)
            table.AddRow(new Text(file.Path), new Text(file.Bytes.ToString("N0", CultureInfo.InvariantCulture)), new Text(file.Sha256[..Math.Min(12, file.Sha256.Length)]));
        return table;
    }
}
