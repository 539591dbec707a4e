using System.CommandLine;
using DiVLA.Control.Service.Identity.Development;

namespace DiVLA.Control.Cli.Certs;

/// <summary>`divla certs client`: a certificate for a robot or a person.</summary>
internal static class CertsClientCommand
{
    public static Command Create(Terminal terminal, TimeProvider clock)
    {
        var (directory, holder, days) = (CertsCommand.Directory(), new HolderSelection(), CertsCommand.Days(365));
        var (replace, json) = (CertsCommand.Replace(), SharedOptions.Json());
        var command = new Command("client", "Sign a certificate for a robot or a person.") { directory };
        holder.AddTo(command);
        foreach (var option in new Option[] { days, replace, json }) command.Add(option);
        command.SetAction((parsed, _) => CommandGuard.RunAsync(terminal, async () =>
        {
            var wanted = holder.Of(parsed);
            using var authority = DevelopmentAuthority.Open(parsed.GetRequiredValue(directory));
            var validity = Validity.For(TimeSpan.FromDays(parsed.GetRequiredValue(days)), clock.GetUtcNow());
            var (certificate, key) = authority.IssueClient(wanted, validity, parsed.GetValue(replace));
            await new CertsWritten([certificate, key]).WriteAsync(terminal, parsed.GetValue(json));
            return ExitCode.Success;
        }));
        return command;
    }
}
