using System.CommandLine;
using DiVLA.Control.Service.Identity.Development;

namespace DiVLA.Control.Cli.Certs;

/// <summary>`divla certs init`: the authority, and the service's own certificate.</summary>
internal static class CertsInitCommand
{
    private const double ServerDays = 365;

    public static Command Create(Terminal terminal, TimeProvider clock)
    {
        var (directory, hosts, json) = (CertsCommand.Directory(), CertsCommand.Hosts(), SharedOptions.Json());
        var command = new Command("init", "Make an authority for ten years, and a certificate for the service.") { directory, hosts, json };
        command.SetAction((parsed, _) => CommandGuard.RunAsync(terminal, async () =>
        {
            var (folder, now) = (Path.GetFullPath(parsed.GetRequiredValue(directory)), clock.GetUtcNow());
            using var authority = DevelopmentAuthority.Create(folder, now);
            var (certificate, key) = authority.IssueServer(
                CertsServerCommand.Name, CertsCommand.AllHosts(parsed.GetRequiredValue(hosts)), Validity.For(TimeSpan.FromDays(ServerDays), now));
            string[] files = [Path.Combine(folder, DevelopmentAuthority.AuthorityFile), Path.Combine(folder, DevelopmentAuthority.TokenKeysFile), certificate, key];
            await new CertsWritten(files).WriteAsync(terminal, parsed.GetValue(json));
            return ExitCode.Success;
        }));
        return command;
    }
}
