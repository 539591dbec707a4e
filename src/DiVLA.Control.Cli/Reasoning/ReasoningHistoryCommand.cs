using System.CommandLine;
using System.Globalization;
using DiVLA.Control.Client;
using DiVLA.Control.Protocol.V1;
using DiVLA.Control.Service;
using Google.Protobuf.WellKnownTypes;

namespace DiVLA.Control.Cli.Reasoning;

/// <summary>`divla reasoning history`: what was said and pinned, of sessions that are open and of those that are over.</summary>
internal static class ReasoningHistoryCommand
{
    private const int MostAtOnce = 1000;

    public static Command Create(Terminal terminal)
    {
        var session = ReasoningCommand.Session();
        session.Description = "A session id, or a robot id for all of its sessions. Default: all sessions.";
        var (from, until) = (Time("--from", "Only what was said or done at or after this time"), Time("--until", "Only what was said or done before this time"));
        var limit = SharedOptions.Count("--limit", "Most entries; the newest are shown.", 50);
        var (server, json) = (new ServerSelection(), SharedOptions.Json());
        var command = new Command("history", "What was said and pinned, oldest first.") { session, from, until, limit, json };
        server.AddTo(command);
        command.SetAction((parsed, cancellation) => CommandGuard.RunAsync(terminal, async () =>
        {
            var request = new ReasoningHistoryRequest
            {
                Session = parsed.GetRequiredValue(session),
                From = ToWire(parsed.GetValue(from)),
                Until = ToWire(parsed.GetValue(until)),
            };
            using var channel = server.Of(parsed).Open();
            var entries = await ReadAsync(new ReasoningClient(channel), request, parsed.GetValue(limit), cancellation);
            foreach (var entry in entries) await terminal.Out.WriteLineAsync(parsed.GetValue(json) ? WireJson.Line(entry) : Words(entry));
            return ExitCode.Success;
        }));
        return command;
    }

    private static async Task<List<ReasoningEntry>> ReadAsync(ReasoningClient reasoning, ReasoningHistoryRequest request, int limit, CancellationToken cancellation)
    {
        var entries = new List<ReasoningEntry>();
        do
        {
            request.Limit = (uint)Math.Min(MostAtOnce, limit - entries.Count);
            var page = await reasoning.HistoryAsync(request, cancellation);
            entries.AddRange(page.Entries);
            request.BeforeEntry = page.NextBeforeEntry;
        }
        while (request.BeforeEntry > 0 && entries.Count < limit);
        entries.Reverse();
        return entries;
    }

    private static string Words(ReasoningEntry entry) =>
        $"{entry.Time.ToDateTime().ToLocalTime():yyyy-MM-dd HH:mm:ss.fff} {entry.RobotId}: {(entry.Phrase is { } phrase ? Words(phrase) : Words(entry.Pin))}";

    private static string Words(PhraseRecord record)
    {
        var ticks = record.Ticks == 0
            ? "never steered"
            : $"ticks {record.FirstTick} to {record.LastTick}, {Percent.Of(record.VerifiedTicks, record.Ticks)} verified";
        var pin = record.Phrase.Pin is { } pinned ? $" (pinned: {ReasoningCommand.Words(pinned)})" : "";
        return $"#{record.Phrase.PhraseId} {record.Phrase.Text}{pin} [{ticks}]";
    }

    private static string Words(PinRecord record)
    {
        var what = record.Pin is null ? "" : ReasoningCommand.What(record.Pin);
        var why = record.Why.Length > 0 ? $": {record.Why}" : "";
        var refusal = record.Action == PinAction.Refused ? $" ({record.Refusal})" : "";
        return $"{record.Action.ToString().ToLowerInvariant()}{refusal} {what} by {record.Who}{why}";
    }

    private static Timestamp? ToWire(DateTimeOffset? time) => time is { } given ? Timestamp.FromDateTimeOffset(given) : null;

    private static Option<DateTimeOffset?> Time(string name, string description) => new(name)
    {
        Description = $"{description}, e.g. 2026-08-01T12:00:00Z or 12:00 of today.",
        HelpName = "TIME",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var time)) return time;
            result.AddError($"{name}: found '{text}', expected a time like 2026-08-01T12:00:00Z");
            return null;
        },
    };
}
