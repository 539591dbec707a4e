using System.CommandLine;
using System.CommandLine.Invocation;
using DiVLA.Control.Cli.Bench;
using DiVLA.Control.Cli.Certs;
using DiVLA.Control.Cli.Demo;
using DiVLA.Control.Cli.Embodiments;
using DiVLA.Control.Cli.Eval;
using DiVLA.Control.Cli.Health;
using DiVLA.Control.Cli.Model;
using DiVLA.Control.Cli.Reasoning;
using DiVLA.Control.Cli.Record;
using DiVLA.Control.Cli.Serve;
using DiVLA.Control.Cli.Sessions;
using DiVLA.Control.Cli.Simulate;
using DiVLA.Control.Cli.Stop;
using DiVLA.Control.Cli.Train;
using DiVLA.Control.Cli.Watch;

namespace DiVLA.Control.Cli;

/// <summary>The one command, `divla`.</summary>
internal static class DivlaCommand
{
    // Sessions end in good order meanwhile: arms brake, summaries arrive.
    private static readonly TimeSpan EndingTime = TimeSpan.FromSeconds(15);

    /// <summary>Runs one command line to its end.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(string[] arguments, Terminal terminal, TimeProvider clock, CancellationToken cancellation = default)
    {
        // Passed through word by word: even --help is Training's to answer.
        if (arguments is [TrainCommand.Name, .. var rest]) return await TrainCommand.RunAsync(rest, terminal, cancellation);
        var parsed = Create(terminal, clock).Parse(arguments);
        var configuration = new InvocationConfiguration
        {
            Output = terminal.Out,
            Error = terminal.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = EndingTime,
        };
        var mistake = parsed.Action as ParseErrorAction;
        if (mistake is not null && parsed.Errors.Any(ParseMistake.NamesType))
        {
            foreach (var error in parsed.Errors) await terminal.Error.WriteLineAsync(ParseMistake.Words(error));
            return ExitCode.Usage;
        }
        // The list of commands helps where one is missing; elsewhere the mistake is all there is to say.
        mistake?.ShowHelp = parsed.CommandResult.Command.Subcommands.Count > 0;
        var exitCode = await parsed.InvokeAsync(configuration, cancellation);
        return mistake is null ? exitCode : ExitCode.Usage;
    }

    private static RootCommand Create(Terminal terminal, TimeProvider clock) =>
        new("Real-time control of robots by Diffusion-VLA policies.")
        {
            DemoCommand.Create(terminal, clock),
            ServeCommand.Create(terminal, clock),
            SimulateCommand.Create(terminal, clock),
            EvalCommand.Create(terminal, clock),
            RecordCommand.Create(terminal, clock),
            BenchCommand.Create(terminal, clock),
            ModelCommand.Create(terminal),
            EmbodimentCommand.Create(terminal),
            SessionsCommand.Create(terminal),
            WatchCommand.Create(terminal),
            ReasoningCommand.Create(terminal),
            StopCommand.Create(terminal),
            ResetCommand.Create(terminal),
            HealthCommand.Create(terminal),
            CertsCommand.Create(terminal, clock),
            TrainCommand.Create(),
        };
}
