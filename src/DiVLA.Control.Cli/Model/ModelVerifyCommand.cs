using System.CommandLine;
using DiVLA.Control.Policy;
using DiVLA.Control.Policy.Bundle;

namespace DiVLA.Control.Cli.Model;

/// <summary>`divla model verify`: everything that is checked before a bundle is served, with all faults at once.</summary>
internal static class ModelVerifyCommand
{
    public static Command Create(Terminal terminal)
    {
        var (bundle, json, onnx) = (ModelCommand.Bundle(), SharedOptions.Json(), new OnnxSelection());
        var noRun = new Option<bool>("--no-run") { Description = "Check all but what takes a run of the graphs: for a machine that cannot, as a CPU with bf16, or not in the memory it has." };
        var command = new Command("verify", "Check a bundle as the service would: files, hashes, graphs, shapes, a probe run. Lists all faults.") { bundle, noRun, json };
        onnx.AddTo(command);
        command.SetAction((parsed, cancellation) => CommandGuard.RunAsync(terminal, () =>
        {
            var (folder, options) = (BundleLocation.Find(parsed.GetValue(bundle)), onnx.Of(parsed));
            Func<IReadOnlyList<BundleFault>> verify = parsed.GetValue(noRun)
                ? () => PolicyBundle.VerifyStructure(folder, options.NativeLibraryDirectory, cancellation)
                : () => PolicyBundle.Verify(folder, new PolicyOptions { Onnx = options }, cancellation);
            return RunAsync(terminal, folder, verify, parsed.GetValue(json), cancellation);
        }));
        return command;
    }

    public static string Words(string bundle, IReadOnlyList<BundleFault> faults) => faults.Count == 0
        ? $"{bundle}: no faults"
        : $"{bundle}: {faults.Count} fault(s)" + string.Concat(faults.Select(fault => $"{Environment.NewLine}  {fault}"));

    private static async Task<int> RunAsync(Terminal terminal, string bundle, Func<IReadOnlyList<BundleFault>> verify, bool json, CancellationToken cancellation)
    {
        var faults = await Task.Run(verify, cancellation);
        await terminal.Out.WriteLineAsync(json ? Json.Line(new ModelVerified(bundle, faults.Count == 0, faults)) : Words(bundle, faults));
        return faults.Count == 0 ? ExitCode.Success : ExitCode.Failed;
    }

    private sealed record ModelVerified(string Bundle, bool Valid, IReadOnlyList<BundleFault> Faults);
}
