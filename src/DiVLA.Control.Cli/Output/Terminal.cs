using Spectre.Console;

namespace DiVLA.Control.Cli;

/// <summary>Where a command writes. Results go to the output, everything else to the error output, so that results can be piped.</summary>
internal sealed class Terminal
{
    /// <summary>Takes two writers; an interactive terminal is redrawn in place.</summary>
    /// <param name="output">Takes results.</param>
    /// <param name="error">Takes everything else.</param>
    /// <param name="isInteractive">Whether a person sees the output.</param>
    /// <param name="isErrorInteractive">Whether a person sees the error output.</param>
    /// <param name="canAsk">Whether a person can answer as well.</param>
    public Terminal(TextWriter output, TextWriter error, bool isInteractive, bool isErrorInteractive = false, bool canAsk = false)
    {
        (Out, Error, IsInteractive, IsErrorInteractive, CanAsk) = (output, error, isInteractive, isErrorInteractive, canAsk);
        Console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output),
            Ansi = isInteractive ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isInteractive ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = isInteractive ? InteractionSupport.Yes : InteractionSupport.No,
        });
    }

    /// <summary>Results.</summary>
    public TextWriter Out { get; }

    /// <summary>Progress and errors.</summary>
    public TextWriter Error { get; }

    /// <summary>False where the output goes to a file or a pipe.</summary>
    public bool IsInteractive { get; }

    /// <summary>True where somebody sits at the terminal who can be asked.</summary>
    public bool CanAsk { get; }

    /// <summary>False where the error output goes to a file or a pipe.</summary>
    public bool IsErrorInteractive { get; }

    /// <summary>The output as something to draw tables on.</summary>
    public IAnsiConsole Console { get; }

    /// <summary>The terminal of this process.</summary>
    public static Terminal OfProcess() => new(
        System.Console.Out,
        System.Console.Error,
        !System.Console.IsOutputRedirected,
        !System.Console.IsErrorRedirected,
        canAsk: !System.Console.IsOutputRedirected && !System.Console.IsInputRedirected);
}
