using System.CommandLine;
using DiVLA.Control.Service.Identity.Development;

namespace DiVLA.Control.Cli.Certs;

/// <summary>`divla certs server`: another certificate for the service, e.g. for another name.</summary>
internal static class CertsServerCommand
{
    /// <summary>Of the service's files, without extension.</summary>
    public const string Name = "server";

    public static Command Create(Terminal terminal, TimeProvider clock)
    {
        var (directory, hosts, days) = (CertsCommand.Directory(), CertsCommand.Hosts(), CertsCommand.Days(365));
        var (replace, json) = (CertsCommand.Replace(), SharedOptions.Json());
        var command = new Command("server", "Sign a certificate for the service.") { directory, hosts, days, replace, json };
        command.SetAction((parsed, _) => CommandGuard.RunAsync(terminal, async () =>
        {
            using var authority = DevelopmentAuthority.Open(parsed.GetRequiredValue(directory));
            var validity = Validity.For(TimeSpan.FromDays(parsed.GetRequiredValue(days)), clock.GetUtcNow());
            var (certificate, key) = authority.IssueServer(Name, CertsCommand.AllHosts(parsed.GetRequiredValue(hosts)), validity, parsed.GetValue(replace));
            await new CertsWritten([certificate, key]).WriteAsync(terminal, parsed.GetValue(json));
            return ExitCode.Success;
        }));
        return command;
    }
}
