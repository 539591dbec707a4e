using System.CommandLine;

namespace DiVLA.Control.Cli.Embodiments;

/// <summary>`divla embodiment`: arms of other makes.</summary>
internal static class EmbodimentCommand
{
    public static Command Create(Terminal terminal) => new("embodiment", "Describe arms of other makes. `divla train embodiment` then trains one.")
    {
        ImportCommand.Create(terminal),
    };
}
