using System.CommandLine;
using System.Globalization;

namespace DiVLA.Control.Training.Commands;

/// <summary>The command, `divla-train`. Without a sub-command it runs the whole recipe: policy, then embodiment, into one folder.</summary>
internal static class TrainingCommand
{
    /// <summary>Runs one command line to its end.</summary>
    /// <returns>An exit code of docs/command-line.md.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var parsed = Create(PolicyCommand.Create(), EmbodimentCommand.Create()).Parse(arguments);
        var exitCode = await parsed.InvokeAsync();
        return parsed.Errors.Count > 0 ? ExitCode.Usage : exitCode;
    }

    /// <summary>The root of both parts of the recipe.</summary>
    internal static RootCommand Create(Command policy, Command embodiment)
    {
        var output = new Option<string>("--output") { Description = "Folder of the run.", DefaultValueFactory = _ => "runs/divla-tiny" };
        var resume = new Option<bool>("--resume") { Description = "Go on with the run in the folder." };
        var steps = new Option<int?>("--steps") { Description = "Optimiser steps of the policy. Default: the recipe's." };
        var seed = new Option<ulong?>("--seed") { Description = "Seed of weights, data and noise. Default: the recipe's." };
        var root = new RootCommand("Trains a Diffusion-VLA policy on the simulator: with no sub-command the whole recipe, first the policy, then the Panda's embodiment.")
        {
            output, resume, steps, seed, policy, embodiment,
        };
        root.SetAction((parsed, stop) =>
        {
            string[] shared = ["--output", parsed.GetRequiredValue(output), .. Given("--seed", parsed.GetValue(seed))];
            string[] own = [.. parsed.GetValue(resume) ? new[] { "--resume" } : [], .. Given("--steps", parsed.GetValue(steps))];
            string[][] parts = [[policy.Name, .. shared, .. own], [embodiment.Name, .. shared]];
            return RunAllAsync(root, parts, parsed.GetRequiredValue(output), parsed.InvocationConfiguration.Output, stop);
        });
        return root;
    }

    private static async Task<int> RunAllAsync(RootCommand root, string[][] parts, string run, TextWriter output, CancellationToken stop)
    {
        // The handler of the command itself hears Ctrl-C; its parts see the token.
        var configuration = new InvocationConfiguration { Output = output, ProcessTerminationTimeout = null };
        foreach (var part in parts)
        {
            await output.WriteLineAsync($"divla train {string.Join(' ', part)}");
            var exitCode = await root.Parse(part).InvokeAsync(configuration, stop);
            if (exitCode != ExitCode.Success) return exitCode;
        }
        var bundle = $"models/{Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(run)))}";
        await output.WriteLineAsync($"Trained. To build and try it:\n  divla model build {run} {bundle}\n  divla demo --bundle {bundle}\n  divla eval --bundle {bundle}");
        return ExitCode.Success;
    }

    private static string[] Given<T>(string option, T? value) where T : struct, IFormattable =>
        value is { } given ? [option, given.ToString(null, CultureInfo.InvariantCulture)] : [];
}
