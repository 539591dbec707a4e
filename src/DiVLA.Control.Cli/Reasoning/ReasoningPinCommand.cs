using System.CommandLine;
using DiVLA.Control.Client;
using DiVLA.Control.Protocol.V1;
using DiVLA.Control.Service;

namespace DiVLA.Control.Cli.Reasoning;

/// <summary>`divla reasoning pin`: holds words of the phrase, so that the arm does what they say.</summary>
internal static class ReasoningPinCommand
{
    public static Command Create(Terminal terminal)
    {
        var (session, who, why) = (ReasoningCommand.Session(), SharedOptions.Who(), SharedOptions.Why());
        var item = Text("--object", "The object that the arm shall be after, e.g. 'red cube'.");
        var bin = Text("--bin", "The bin that it shall go into, e.g. left.");
        var phrase = Text("--phrase", "A whole phrase of the policy: its object and bin are held, place and phase stay the policy's.");
        var verbatim = new Option<bool>("--verbatim") { Description = "Hold every word of --phrase. Place and phase go stale when the arm moves: release it soon." };
        var (server, json) = (new ServerSelection(), SharedOptions.Json());
        var command = new Command("pin", "Hold words of the phrase until 'release' or the session's end: the arm does what they say.")
        {
            session, item, bin, phrase, verbatim, who, why, json,
        };
        command.Validators.Add(result =>
        {
            var (hasPhrase, hasSlots) = (result.GetValue(phrase) is not null, result.GetValue(item) is not null || result.GetValue(bin) is not null);
            if (hasPhrase == hasSlots) result.AddError("Give --phrase, or --object, --bin or both.");
            if (result.GetValue(verbatim) && !hasPhrase) result.AddError("--verbatim needs --phrase.");
        });
        server.AddTo(command);
        command.SetAction((parsed, cancellation) => CommandGuard.RunAsync(terminal, () =>
        {
            var request = new ReasoningPinRequest
            {
                Session = parsed.GetRequiredValue(session),
                Phrase = parsed.GetValue(phrase) ?? "",
                Verbatim = parsed.GetValue(verbatim),
                Object = parsed.GetValue(item) ?? "",
                Bin = parsed.GetValue(bin) ?? "",
                Who = parsed.GetRequiredValue(who),
                Why = parsed.GetRequiredValue(why),
            };
            return RunAsync(terminal, request, server.Of(parsed), parsed.GetValue(json), cancellation);
        }));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, ReasoningPinRequest request, ServiceTarget server, bool json, CancellationToken cancellation)
    {
        using var channel = server.Open();
        var answer = await new ReasoningClient(channel).PinAsync(request, cancellation);
        await terminal.Out.WriteLineAsync(json ? WireJson.Line(answer) : $"{answer.RobotId}: pinned {ReasoningCommand.Words(answer.Pin)}");
        return ExitCode.Success;
    }

    private static Option<string?> Text(string name, string description) => new(name) { Description = description, HelpName = "TEXT" };
}
