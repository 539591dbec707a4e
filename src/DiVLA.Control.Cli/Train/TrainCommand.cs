using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace DiVLA.Control.Cli.Train;

/// <summary>`divla train`: runs the Training executable, as git runs its sub-programs, so that libtorch is no part of this one.</summary>
internal static partial class TrainCommand
{
    public const string Name = "train";

    private const string Executable = "divla-train";
    private const string Project = "src/DiVLA.Control.Training";
    private const int TerminationSignal = 15;

    /// <summary>For the help text; the arguments never reach this parser.</summary>
    public static Command Create() => new(Name, $"Train a policy. Starts {Executable} with all further arguments; 'divla train --help' lists them.");

    /// <summary>Starts Training and waits for it. Its exit code is ours.</summary>
    public static async Task<int> RunAsync(string[] arguments, Terminal terminal, CancellationToken cancellation)
    {
        if (Find(AppContext.BaseDirectory) is not { } program)
        {
            await terminal.Error.WriteLineAsync($"Neither {Executable} beside this executable or on PATH, nor a checkout with {Project} around it.");
            return ExitCode.Unavailable;
        }
        using var training = new Process { StartInfo = new ProcessStartInfo(program[0], [.. program[1..], .. arguments]) };
        // Ctrl-C reaches every process of the terminal; this one outlives it to report how the other ended.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Terminate(context, training));
        training.Start();
        await training.WaitForExitAsync(cancellation);
        return training.ExitCode;
    }

    /// <summary>The program and its first arguments, or null.</summary>
    internal static string[]? Find(string baseDirectory)
    {
        var fileName = OperatingSystem.IsWindows() ? $"{Executable}.exe" : Executable;
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        foreach (var folder in folders.Prepend(baseDirectory))
            if (Path.Combine(folder, fileName) is var file && File.Exists(file)) return [file];
        for (var folder = new DirectoryInfo(baseDirectory); folder is not null; folder = folder.Parent)
            if (Path.Combine(folder.FullName, Project) is var project && Directory.Exists(project))
                return ["dotnet", "run", "-c", "Release", "--project", project, "--"];
        return null;
    }

    private static void Terminate(PosixSignalContext context, Process training)
    {
        context.Cancel = true;
        // Fails only where the other is gone already, which is what was wanted.
        if (!OperatingSystem.IsWindows()) _ = Kill(training.Id, TerminationSignal);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int processId, int signal);
}
