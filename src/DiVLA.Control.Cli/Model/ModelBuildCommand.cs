using System.CommandLine;
using DiVLA.Control.ModelBuilder.Bundles;
using DiVLA.Control.Policy;
using DiVLA.Control.Policy.Bundle;

namespace DiVLA.Control.Cli.Model;

/// <summary>`divla model build`: a checkpoint becomes a bundle. It is verified at once, so that what is built can be served.</summary>
internal static class ModelBuildCommand
{
    public static Command Create(Terminal terminal)
    {
        var checkpoint = new Argument<DirectoryInfo>("checkpoint") { Description = "Folder with config.json, model.safetensors, tokenizer.json and embodiments." };
        var output = new Argument<DirectoryInfo>("bundle") { Description = "Folder to write. A bundle that is there is replaced once the new one is whole." };
        var name = new Option<string?>("--name") { Description = "Name of the policy. Default: that of the bundle's folder.", HelpName = "NAME" };
        var license = new Option<string>("--license")
        {
            Description = "Licence of the weights, as an SPDX identifier.",
            HelpName = "SPDX",
            DefaultValueFactory = _ => "Apache-2.0",
        };
        var json = SharedOptions.Json();
        var command = new Command("build", "Turn a trained checkpoint into a bundle, and verify it.") { checkpoint, output, name, license, json };
        command.SetAction((parsed, cancellation) => CommandGuard.RunAsync(terminal, () =>
        {
            var request = new BuildRequest(parsed.GetRequiredValue(checkpoint).FullName, parsed.GetRequiredValue(output).FullName)
            {
                Name = parsed.GetValue(name),
                License = parsed.GetRequiredValue(license),
            };
            return RunAsync(terminal, request, parsed.GetValue(json), cancellation);
        }));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, BuildRequest request, bool json, CancellationToken cancellation)
    {
        var progress = new BuildProgressLines(terminal.Error);
        var manifest = await Task.Run(() => BundleBuilder.Build(request, progress, cancellation), cancellation);
        var faults = await Task.Run(() => PolicyBundle.Verify(request.BundleDirectory, new PolicyOptions(), cancellation), cancellation);
        var built = new ModelBuilt(request.BundleDirectory, manifest.Name, manifest.Revision, manifest.Files.Sum(file => file.Bytes), faults);
        await terminal.Out.WriteLineAsync(json ? Json.Line(built) : built.Words());
        return faults.Count == 0 ? ExitCode.Success : ExitCode.Failed;
    }

    // Progress<T> posts to other threads and reorders; a build has few steps, and they read in order.
    private sealed class BuildProgressLines(TextWriter error) : IProgress<BuildProgress>
    {
        public void Report(BuildProgress value) => error.WriteLine($"[{value.Done + 1}/{value.Total}] {value.Step}");
    }

    private sealed record ModelBuilt(string Bundle, string Name, string Revision, long Bytes, IReadOnlyList<BundleFault> Faults)
    {
        public string Words() => Faults.Count == 0
            ? FormattableString.Invariant($"Built and verified {Name} ({Revision}), {Bytes / 1e6:0.0} MB, in {Bundle}")
            : ModelVerifyCommand.Words(Bundle, Faults);
    }
}
