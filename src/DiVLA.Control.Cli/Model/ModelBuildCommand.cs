using System.CommandLine;
using DiVLA.Control.ModelBuilder;
using DiVLA.Control.ModelBuilder.Bundles;
using DiVLA.Control.ModelBuilder.Bundles.Magnitudes;
using DiVLA.Control.ModelBuilder.Costs;

namespace DiVLA.Control.Cli.Model;

/// <summary>`divla model build`: a checkpoint becomes a bundle. It is verified before it takes its place, so that what is built can be served.</summary>
internal static class ModelBuildCommand
{
    public static Command Create(Terminal terminal)
    {
        var (source, gpu) = (new BuildSource(), AcceleratorSelection.Option());
        var name = new Option<string?>("--name") { Description = "Name of the policy. Default: that of the bundle's folder.", HelpName = "NAME" };
        var license = new Option<string?>("--license")
        {
            Description = "Licence of the weights, as an SPDX identifier. Default: Apache-2.0 for weights trained here, NOASSERTION for published ones.",
            HelpName = "SPDX",
        };
        var noRun = new Option<bool>("--no-run") { Description = "Check the built graphs without running them: for a machine that cannot, or not in the memory it has." };
        var (published, onnx, json) = (new PublishedSelection(), new OnnxSelection(), SharedOptions.Json());
        var command = new Command("build", "Turn a checkpoint into a bundle, and verify it: one that was trained here, a published one of DiVLA or DexVLA, or a published shape.") { name, license };
        source.AddTo(command);
        command.Add(gpu);
        published.AddTo(command);
        command.Add(noRun);
        onnx.AddTo(command);
        command.Add(json);
        command.SetAction((parsed, cancellation) => CommandGuard.RunAsync(terminal, () =>
        {
            var request = source.Of(parsed);
            request = request with
            {
                Name = parsed.GetValue(name),
                License = parsed.GetValue(license),
                Published = published.Of(parsed),
                Verification = parsed.GetValue(noRun) ? BundleVerification.Structure : request.Verification,
                Onnx = onnx.Of(parsed),
            };
            return source.IsDryRun(parsed)
                ? PlanAsync(terminal, request, parsed.GetRequiredValue(gpu), parsed.GetValue(json), cancellation)
                : RunAsync(terminal, request, parsed.GetValue(json), cancellation);
        }));
        return command;
    }

    private static async Task<int> PlanAsync(Terminal terminal, BuildRequest request, Accelerator accelerator, bool json, CancellationToken cancellation)
    {
        var plan = await Task.Run(() => BundleBuilder.Plan(request, accelerator), cancellation);
        await ModelPlanned.WriteAsync(terminal, plan, accelerator, json);
        return ExitCode.Success;
    }

    private static async Task<int> RunAsync(Terminal terminal, BuildRequest request, bool json, CancellationToken cancellation)
    {
        var progress = new BuildProgressLines(terminal);
        try
        {
            var built = await Task.Run(() => BundleBuilder.Build(request, progress, cancellation), cancellation);
            progress.End();
            var report = new ModelBuilt(request.BundleDirectory, built);
            await terminal.Out.WriteLineAsync(json ? Json.Line(report) : report.Words());
            return ExitCode.Success;
        }
        catch (ModelBuildException fault) when (json)
        {
            await terminal.Out.WriteLineAsync(Json.Line(new ModelNotBuilt(request.BundleDirectory, fault.Faults)));
            return ExitCode.Failed;
        }
        finally
        {
            progress.End();
        }
    }

    private sealed record ModelBuilt(
        string Bundle, string Name, string Revision, long Bytes, BundleVerification Verification, IReadOnlyList<StageMagnitude> Magnitudes)
    {
        public ModelBuilt(string bundle, BuiltBundle built)
            : this(bundle, built.Manifest.Name, built.Manifest.Revision, built.Manifest.Files.Sum(file => file.Bytes), built.Verification, built.Magnitudes)
        {
        }

        public string Words() => FormattableString.Invariant($"Built and verified {Name} ({Revision}), {Bytes / 1e6:0.0} MB, in {Bundle}")
            + (Verification == BundleVerification.Structure ? "; its graphs were checked but not run, as with generated weights, with bf16 on a CPU and with --no-run" : "")
            + string.Concat(Magnitudes.Select(stage => FormattableString.Invariant(
                $"{Environment.NewLine}  {stage.Stage}: at most {stage.Largest:G4} on probe inputs, fp16 holds 65504 ({stage.Node})")));
    }

    private sealed record ModelNotBuilt(string Bundle, IReadOnlyList<string> Faults);
}
