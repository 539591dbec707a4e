using System.Text.Json;
using DiVLA.Control.Cli;

namespace DiVLA.Control.EndToEnd.Tests;

/// <summary>The `divla` command in this process, with its output kept.</summary>
internal sealed record Divla(int ExitCode, string Out, string Error)
{
    /// <summary>The last line of the output as JSON.</summary>
    public JsonElement LastJson => JsonDocument.Parse(Out.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]).RootElement;

    public static Task<Divla> RunAsync(params string[] arguments) => RunAsync(CancellationToken.None, arguments);

    /// <summary>Interrupts the command, as Ctrl-C does, when it has written a line that begins with <paramref name="start"/> to either output.</summary>
    public static async Task<Divla> InterruptAtAsync(string start, params string[] arguments)
    {
        using var interrupt = new CancellationTokenSource();
        using var output = new InterruptingWriter(start, interrupt);
        using var error = new InterruptingWriter(start, interrupt);
        var divla = await RunAsync(output, error, arguments, interrupt.Token);
        Assert.That(interrupt.IsCancellationRequested, Is.True, $"no line began with '{start}': {divla.Error}");
        return divla;
    }

    public static async Task<Divla> RunAsync(CancellationToken cancellation, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        return await RunAsync(output, error, arguments, cancellation);
    }

    private static async Task<Divla> RunAsync(StringWriter output, StringWriter error, string[] arguments, CancellationToken cancellation)
    {
        var terminal = new Terminal(TextWriter.Synchronized(output), TextWriter.Synchronized(error), isInteractive: false);
        var exitCode = await DivlaCommand.RunAsync(arguments, terminal, TimeProvider.System, cancellation);
        return new Divla(exitCode, output.ToString(), error.ToString());
    }

    private sealed class InterruptingWriter(string start, CancellationTokenSource interrupt) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value?.StartsWith(start, StringComparison.Ordinal) == true) interrupt.Cancel();
        }
    }
}
