using System.CommandLine;
using System.Globalization;
using DiVLA.Control.Cli.Sessions;
using DiVLA.Control.Client;
using DiVLA.Control.Protocol.V1;
using DiVLA.Control.Service;

namespace DiVLA.Control.Cli.Reasoning;

/// <summary>`divla reasoning why`: which phrase steered a tick, from which observation, and what the arm was told; or the other way round.</summary>
internal static class ReasoningWhyCommand
{
    public static Command Create(Terminal terminal)
    {
        var session = ReasoningCommand.Session();
        session.Description = "A session id, or a robot id for its newest session. Default: the newest session.";
        var tick = Number("--tick", "The tick that is asked about.");
        var phrase = Number("--phrase", "All ticks that this phrase steered.");
        var observation = Number("--observation", "All ticks that were planned from this observation.");
        var limit = SharedOptions.Count("--limit", "Most ticks.", 100);
        var (server, json) = (new ServerSelection(), SharedOptions.Json());
        var command = new Command("why", "Which phrase steered a tick, from which observation, and what the arm was told.")
        {
            session, tick, phrase, observation, limit, json,
        };
        command.Validators.Add(result =>
        {
            var given = new[] { tick, phrase, observation }.Count(option => result.GetResult(option) is not null);
            if (given != 1) result.AddError("Give exactly one of: --tick, --phrase, --observation.");
        });
        server.AddTo(command);
        command.SetAction((parsed, cancellation) => CommandGuard.RunAsync(terminal, async () =>
        {
            using var channel = server.Of(parsed).Open();
            var reasoning = new ReasoningClient(channel);
            var (name, asJson) = (parsed.GetRequiredValue(session), parsed.GetValue(json));
            if (parsed.GetValue(tick) is { } asked)
            {
                var action = await reasoning.WhyAsync(name, asked, cancellation);
                await terminal.Out.WriteLineAsync(asJson ? WireJson.Line(action) : Words(action));
                return ExitCode.Success;
            }
            var request = new ReasoningActionsRequest
            {
                Session = name,
                PhraseId = parsed.GetValue(phrase) ?? 0,
                ObservationSequence = parsed.GetValue(observation) ?? 0,
                Limit = (uint)Math.Min(1000, parsed.GetValue(limit)),
            };
            var actions = (await reasoning.ActionsAsync(request, cancellation)).Actions;
            foreach (var action in actions) await terminal.Out.WriteLineAsync(asJson ? WireJson.Line(action) : Line(action));
            if (actions.Count == 0) await terminal.Error.WriteLineAsync("No tick is recorded that it steered.");
            return actions.Count > 0 ? ExitCode.Success : ExitCode.Failed;
        }));
        return command;
    }

    private static string Words(SteeredAction action)
    {
        string[] lines =
        [
            $"{action.RobotId}, session {action.SessionId}: tick {action.Tick}, due {action.Time.ToDateTime().ToLocalTime():yyyy-MM-dd HH:mm:ss.fff}, {SessionCard.State(action.State, action.Reason)}",
            action.Phrase is null ? "  phrase: none, no trajectory was followed" : $"  phrase: {ReasoningCommand.Words(action.Phrase)}",
            .. action.Phrase is null ? Array.Empty<string>() : [$"  said of observation {action.Phrase.ObservationSequence}, under '{action.Phrase.Instruction}'"],
            action.ObservationSequence == 0 ? "  observation: none" : FormattableString.Invariant($"  observation: {action.ObservationSequence}, {action.ObservationAgeMs:0.0} ms old"),
            $"  action: {Action(action)}",
        ];
        return string.Join(Environment.NewLine, lines);
    }

    private static string Line(SteeredAction action) => string.Create(
        CultureInfo.InvariantCulture,
        $"tick {action.Tick}  {SessionCard.State(action.State, action.Reason)}  observation {action.ObservationSequence}  {ReasoningCommand.Words(action.Phrase)}");

    private static string Action(SteeredAction action)
    {
        var joints = action.JointNames.Zip(action.JointPositionsRad, (name, joint) => FormattableString.Invariant($"{name} {joint:0.0000}"));
        return FormattableString.Invariant($"{string.Join(", ", joints)} rad, gripper {action.GripperWidthM * 1000:0.0} mm{(action.Limited ? ", limited" : "")}");
    }

    private static Option<ulong?> Number(string name, string description) => new(name) { Description = description, HelpName = "N" };
}
