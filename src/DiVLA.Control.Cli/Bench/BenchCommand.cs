using System.CommandLine;

namespace DiVLA.Control.Cli.Bench;

/// <summary>`divla bench`: what a bundle takes on this machine, stage by stage, phrase by phrase, and in the closed loop.</summary>
internal static class BenchCommand
{
    private static readonly string[] _instructions = ["put the red cube in the left bin", "put the blue cube in the right bin"];

    public static Command Create(Terminal terminal, TimeProvider clock)
    {
        var (bundle, json, logFile, onnx) = (SharedOptions.Bundle(), SharedOptions.Json(), SharedOptions.LogFile(), new OnnxSelection());
        var passes = SharedOptions.Count("--passes", "Full passes to time.", 100);
        var phrases = SharedOptions.Count("--phrases", "New phrases to time.", 10);
        var seconds = new Option<double>("--seconds")
        {
            Description = "Length of the closed loop over gRPC, at the arm's own rate. 0 leaves it out.",
            HelpName = "S",
            DefaultValueFactory = _ => 10,
        };
        seconds.RequireAtLeast(0);
        var instructions = new Option<string[]>("--instruction")
        {
            Description = "What the policy is told; give it at least twice: they take turns, and each calls for a new phrase.",
            HelpName = "TEXT",
            DefaultValueFactory = _ => _instructions,
        };
        var command = new Command("bench", "Time a bundle on this machine: every stage, a full pass, a new phrase, and the closed loop through the service.")
        {
            bundle, passes, phrases, seconds, instructions, logFile, json,
        };
        onnx.AddTo(command);
        command.Add(BenchStopCommand.Create(terminal, clock));
        command.SetAction((parsed, cancellation) => CommandGuard.RunAsync(terminal, () =>
        {
            var settings = new BenchSettings(
                BundleLocation.Find(parsed.GetValue(bundle)),
                parsed.GetValue(passes),
                parsed.GetValue(phrases),
                parsed.GetValue(seconds),
                parsed.GetRequiredValue(instructions),
                parsed.GetValue(logFile),
                onnx.Of(parsed));
            if (settings.Instructions.Distinct().Count() < 2) throw new ArgumentException("--instruction: found one, expected two or more that differ");
            return RunAsync(terminal, settings, clock, parsed.GetValue(json), cancellation);
        }));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, BenchSettings settings, TimeProvider clock, bool json, CancellationToken cancellation)
    {
        var policy = await Task.Run(() => new PolicyBench(settings, clock).Run(cancellation), cancellation);
        if (json) await terminal.Out.WriteLineAsync(Json.Line(policy));
        else BenchReport.Write(terminal.Console, policy);
        if (settings.Seconds == 0) return ExitCode.Success;

        var loop = await new LoopBench(settings, clock).RunAsync(cancellation);
        if (json) await terminal.Out.WriteLineAsync(Json.Line(loop));
        else BenchReport.Write(terminal.Console, loop);
        return ExitCode.Success;
    }
}
