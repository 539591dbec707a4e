using System.CommandLine;

namespace DiVLA.Control.Cli.Bench;

/// <summary>`divla bench`: measures what is promised, on this machine.</summary>
internal static class BenchCommand
{
    public static Command Create(Terminal terminal, TimeProvider clock) => new("bench", "Measure on this machine what is promised.")
    {
        BenchStopCommand.Create(terminal, clock),
    };
}
