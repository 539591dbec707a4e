using System.Text.Json;
using DiVLA.Control.Cli;

namespace DiVLA.Control.EndToEnd.Tests;

/// <summary>The `divla` command in this process, with its output kept.</summary>
internal sealed record Divla(int ExitCode, string Out, string Error)
{
    /// <summary>The last line of the output as JSON.</summary>
    public JsonElement LastJson => JsonDocument.Parse(Out.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]).RootElement;

    public static Task<Divla> RunAsync(params string[] arguments) => RunAsync(CancellationToken.None, arguments);

    public static async Task<Divla> RunAsync(CancellationToken cancellation, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var terminal = new Terminal(TextWriter.Synchronized(output), TextWriter.Synchronized(error), isInteractive: false);
        var exitCode = await DivlaCommand.RunAsync(arguments, terminal, TimeProvider.System, cancellation);
        return new Divla(exitCode, output.ToString(), error.ToString());
    }
}
