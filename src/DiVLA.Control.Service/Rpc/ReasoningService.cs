using DiVLA.Control.Policy.Reasoning;
using DiVLA.Control.Service.Audit;
using DiVLA.Control.Service.Identity;
using DiVLA.Control.Service.Records;
using DiVLA.Control.Service.Sessions;
using Grpc.Core;
using Microsoft.Data.Sqlite;

namespace DiVLA.Control.Service.Rpc;

/// <summary>`Reasoning`: why a robot does what it does.</summary>
internal sealed class ReasoningService(SessionRegistry registry, RecordReader records, Auditor auditor, ServiceOptions options) : Wire.Reasoning.ReasoningBase
{
    private const uint DefaultLadderTicks = 10_000;
    private const uint MaxLadderTicks = 50_000;
    private const int MaxRuns = 1000;

    /// <inheritdoc/>
    public override Task<Wire.ReasoningGetResponse> Get(Wire.ReasoningGetRequest request, ServerCallContext context)
    {
        var session = Find(request.Session);
        var last = session.LastCommand;
        return Task.FromResult(new Wire.ReasoningGetResponse
        {
            SessionId = session.Id,
            RobotId = session.RobotId,
            Phrase = session.Boards.Phrases.Current,
            Pin = WirePins.ToWire(session.CurrentPin),
            Tick = (ulong)last.TickIndex,
            State = WireLadder.ToWire(last.State),
            Reason = WireLadder.ToWire(last.Reason),
        });
    }

    /// <inheritdoc/>
    public override async Task Watch(
        Wire.ReasoningWatchRequest request, IServerStreamWriter<Wire.ReasoningWatchResponse> responseStream, ServerCallContext context)
    {
        var session = Find(request.Session);
        using var watch = session.Boards.Phrases.TryWatch() ?? throw StatusTable.TooManyWatchers(options.Limits.MaxWatchers);
        await foreach (var phrase in watch.ReadAllAsync(context.CancellationToken))
            await responseStream.WriteAsync(new Wire.ReasoningWatchResponse
            {
                SessionId = session.Id,
                RobotId = session.RobotId,
                Phrase = phrase,
                Skipped = (ulong)watch.TakeSkipped(),
            });
    }

    /// <inheritdoc/>
    public override Task<Wire.ReasoningPinResponse> Pin(Wire.ReasoningPinRequest request, ServerCallContext context) => auditor.RunAsync(
        new Auditor.Asked(AuditEntry.Pin, Describe(request), request.Who, request.Why), context, () => Task.FromResult(Pin(request)), answer => [answer.RobotId]);

    /// <inheritdoc/>
    public override Task<Wire.ReasoningReleaseResponse> Release(Wire.ReasoningReleaseRequest request, ServerCallContext context) => auditor.RunAsync(
        new Auditor.Asked(AuditEntry.Release, Describe(request.Session), request.Who, request.Why),
        context,
        () => Task.FromResult(Release(request)),
        answer => [answer.RobotId]);

    /// <inheritdoc/>
    public override async Task<Wire.ReasoningHistoryResponse> History(Wire.ReasoningHistoryRequest request, ServerCallContext context)
    {
        var filter = new HistoryFilter(
            request.Session,
            request.From is { } from ? WallClock.Of(from) : 0,
            request.Until is { } until ? WallClock.Of(until) : long.MaxValue,
            request.BeforeEntry is 0 or > long.MaxValue ? long.MaxValue : (long)request.BeforeEntry,
            LimitOf(request.Limit));
        var entries = await AskAsync(
            questions => request.Session.Length > 0 && questions.Session(request.Session) is null ? null : questions.History(filter), context)
            ?? throw StatusTable.NoSuchSession(request.Session);
        var response = new Wire.ReasoningHistoryResponse { NextBeforeEntry = entries.Count == filter.Limit ? entries[^1].Entry : 0 };
        response.Entries.AddRange(entries);
        return response;
    }

    /// <inheritdoc/>
    public override async Task<Wire.ReasoningWhyResponse> Why(Wire.ReasoningWhyRequest request, ServerCallContext context)
    {
        var tick = request.Tick > long.MaxValue ? long.MaxValue : (long)request.Tick;
        var actions = await AskAsync(
            questions => questions.Session(request.Session) is { } session ? questions.Actions(session, new ActionFilter(tick, tick, 0, 0, 1)) : null, context)
            ?? throw StatusTable.NoSuchRecord(request.Session);
        return new Wire.ReasoningWhyResponse { Action = actions.Count > 0 ? actions[0] : throw StatusTable.NoRecordOfTick(request.Tick) };
    }

    /// <inheritdoc/>
    public override async Task<Wire.ReasoningActionsResponse> Actions(Wire.ReasoningActionsRequest request, ServerCallContext context)
    {
        var limit = LimitOf(request.Limit);
        var filter = new ActionFilter(
            Number(request.FromTick, "from_tick"),
            long.MaxValue,
            Number(request.PhraseId, "phrase_id"),
            Number(request.ObservationSequence, "observation_sequence"),
            // One more than asked for says where the next call begins.
            limit + 1);
        var actions = await AskAsync(questions => questions.Session(request.Session) is { } session ? questions.Actions(session, filter) : null, context)
            ?? throw StatusTable.NoSuchRecord(request.Session);
        var response = new Wire.ReasoningActionsResponse { NextFromTick = actions.Count > limit ? actions[limit].Tick : 0 };
        response.Actions.AddRange(actions.Take(limit));
        return response;
    }

    /// <inheritdoc/>
    public override async Task<Wire.ReasoningLadderResponse> Ladder(Wire.ReasoningLadderRequest request, ServerCallContext context)
    {
        if (request.Ticks > MaxLadderTicks) throw StatusTable.OutOfRange("ticks", request.Ticks, $"[1, {MaxLadderTicks}]");
        var ticks = request.Ticks == 0 ? DefaultLadderTicks : request.Ticks;
        var runs = await AskAsync(questions => questions.Session(request.Session) is { } session ? questions.Ladder(session, ticks, MaxRuns) : null, context)
            ?? throw StatusTable.NoSuchRecord(request.Session);
        var response = new Wire.ReasoningLadderResponse();
        response.Runs.AddRange(runs);
        return response;
    }

    private Wire.ReasoningPinResponse Pin(Wire.ReasoningPinRequest request)
    {
        var session = Find(request.Session);
        if (WirePins.Fault(request) is { } fault) throw StatusTable.Of(Wire.PinRefusal.Malformed, fault);
        var check = session.Pin(WirePins.ToDomain(request));
        if (check.Outcome != PinOutcome.Accepted) throw StatusTable.Of(WirePins.ToWire(check.Outcome), check.Detail);
        return new Wire.ReasoningPinResponse { SessionId = session.Id, RobotId = session.RobotId, Pin = WirePins.ToWire(check.Pin) };
    }

    private Wire.ReasoningReleaseResponse Release(Wire.ReasoningReleaseRequest request)
    {
        var session = Find(request.Session);
        if (WirePins.Fault(request.Who, request.Why) is { } fault) throw StatusTable.Of(Wire.PinRefusal.Malformed, fault);
        var released = session.ReleasePin(request.Who, request.Why) ?? throw StatusTable.NothingPinned(session.RobotId);
        return new Wire.ReasoningReleaseResponse { SessionId = session.Id, RobotId = session.RobotId, Released = WirePins.ToWire(released) };
    }

    private async Task<T> AskAsync<T>(Func<RecordQuestions, T> question, ServerCallContext context)
    {
        if (!records.IsOn) throw StatusTable.NothingRecorded();
        try
        {
            return await records.AskAsync(question, context.GetHttpContext().GetCaller().Robots, context.CancellationToken);
        }
        catch (SqliteException error)
        {
            throw StatusTable.RecordsUnreadable(error.Message);
        }
    }

    private static int LimitOf(uint limit) => limit switch
    {
        0 => 100,
        <= 1000 => (int)limit,
        _ => throw StatusTable.OutOfRange("limit", limit, "[1, 1000]"),
    };

    private static long Number(ulong number, string field) =>
        number <= long.MaxValue ? (long)number : throw StatusTable.OutOfRange(field, number, $"at most {long.MaxValue}");

    private static string Describe(string session) => session.Length == 0 ? "the only session" : Printable.Line(session, 64);

    private static string Describe(Wire.ReasoningPinRequest request)
    {
        string[] held =
        [
            .. request.Phrase.Length > 0 ? [$"{(request.Verbatim ? "every word of " : "")}'{Printable.Line(request.Phrase, 512)}'"] : Array.Empty<string>(),
            .. request.Object.Length > 0 ? [$"object '{Printable.Line(request.Object, 64)}'"] : Array.Empty<string>(),
            .. request.Bin.Length > 0 ? [$"bin '{Printable.Line(request.Bin, 64)}'"] : Array.Empty<string>(),
        ];
        return $"{Describe(request.Session)}: {string.Join(", ", held)}";
    }

    private ControlSession Find(string name) => registry.Find(name) ?? throw StatusTable.NoSuchSession(name);
}
