using System.CommandLine;

namespace DiVLA.Control.Cli.Certs;

/// <summary>`divla certs`: an authority in a folder, and what it signs.</summary>
internal static class CertsCommand
{
    public static Command Create(Terminal terminal, TimeProvider clock) =>
        new("certs", "Make an authority for development, and certificates and tokens that it signs.")
        {
            CertsInitCommand.Create(terminal, clock),
            CertsServerCommand.Create(terminal, clock),
            CertsClientCommand.Create(terminal, clock),
            CertsTokenCommand.Create(terminal, clock),
        };

    /// <summary>The folder of the authority.</summary>
    public static Argument<string> Directory() => new("directory") { Description = "Folder of the authority. Keep it: who has it can be anybody." };

    /// <summary>Whether files may be overwritten.</summary>
    public static Option<bool> Replace() => new("--replace") { Description = "Overwrite files that are there. A service and its callers read new ones by themselves." };

    /// <summary>Names and addresses of the service.</summary>
    public static Option<string[]> Hosts() => new("--host")
    {
        Description = "Name or address under which the service is reached; give it several times for several. localhost and this machine's name are always in.",
        HelpName = "NAME",
        DefaultValueFactory = _ => [],
    };

    /// <summary>How long a credential lasts.</summary>
    public static Option<double> Days(double days)
    {
        var option = new Option<double>("--days") { Description = "How long it is valid. Unit: days.", HelpName = "N", DefaultValueFactory = _ => days };
        option.RequireAbove(0);
        return option;
    }

    /// <summary>All names of a service: those asked for, and those of this machine.</summary>
    public static IReadOnlyList<string> AllHosts(string[] asked) =>
        [.. asked.Concat(["localhost", "127.0.0.1", "::1", Environment.MachineName.ToLowerInvariant()]).Distinct()];
}

/// <summary>What was written.</summary>
/// <param name="Files">Paths; private keys and tokens are readable by their owner alone.</param>
internal sealed record CertsWritten(IReadOnlyList<string> Files)
{
    public async Task WriteAsync(Terminal terminal, bool json)
    {
        if (json) await terminal.Out.WriteLineAsync(Json.Line(this));
        else foreach (var file in Files) await terminal.Out.WriteLineAsync(file);
    }
}
