using System.CommandLine;
using DiVLA.Control.Service.Identity;
using DiVLA.Control.Service.Identity.Development;

namespace DiVLA.Control.Cli.Certs;

/// <summary>`divla certs token`: a bearer token for a robot or a person.</summary>
internal static class CertsTokenCommand
{
    public static Command Create(Terminal terminal, TimeProvider clock)
    {
        var (directory, holder, days) = (CertsCommand.Directory(), new HolderSelection(), CertsCommand.Days(1));
        var (replace, json) = (CertsCommand.Replace(), SharedOptions.Json());
        var audience = new Option<string>("--audience") { Description = "Whom it is for.", HelpName = "TEXT", DefaultValueFactory = _ => CredentialWords.Audience };
        var command = new Command("token", "Sign a bearer token for a robot or a person.") { directory };
        holder.AddTo(command);
        foreach (var option in new Option[] { days, audience, replace, json }) command.Add(option);
        command.SetAction((parsed, _) => CommandGuard.RunAsync(terminal, async () =>
        {
            var wanted = holder.Of(parsed);
            using var authority = DevelopmentAuthority.Open(parsed.GetRequiredValue(directory));
            var validity = Validity.For(TimeSpan.FromDays(parsed.GetRequiredValue(days)), clock.GetUtcNow());
            var token = authority.IssueToken(wanted, validity, parsed.GetRequiredValue(audience), parsed.GetValue(replace));
            await new CertsWritten([token]).WriteAsync(terminal, parsed.GetValue(json));
            return ExitCode.Success;
        }));
        return command;
    }
}
