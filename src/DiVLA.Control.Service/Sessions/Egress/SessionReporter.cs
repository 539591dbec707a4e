using DiVLA.Control.Policy;
using DiVLA.Control.Policy.Reasoning;
using DiVLA.Control.RealTime;
using DiVLA.Control.Service.Records;

namespace DiVLA.Control.Service.Sessions;

/// <summary>Says in words what happens to a session: to the robot, to those who watch, to the record and to the log. Runs on the egress thread.</summary>
internal sealed class SessionReporter(
    DiffusionVlaPolicy policy,
    LadderWatch ladder,
    SessionBoards boards,
    SessionRecord? record,
    PolicyFaultBox faults,
    SessionNews news,
    CommandStatistics statistics,
    InterventionReporter interventions,
    FlightLog flight,
    SessionLog log,
    TimeProvider clock)
{
    private readonly RepeatedLines _refusals = new(clock);
    private ReasoningPhrase? _said;
    private ReasoningPhrase? _onBoard;
    private Wire.Phrase _shown = new();
    private string? _unsaved;

    /// <summary>Reports what is new with this command.</summary>
    /// <param name="sent">The command.</param>
    /// <param name="steering">The phrase that steered the trajectory it follows; null where none did.</param>
    /// <param name="isSent">False where the transport did not take it.</param>
    public void ReportFromEgress(in SentCommand sent, ReasoningPhrase? steering, bool isSent)
    {
        var command = sent.Command;
        var said = policy.CurrentPhrase;
        SaveFlight();
        if (ladder.SeeFromEgress(command, sent.HandedOver)) ReportLadder(command);
        if (said is not null && said != _said) Announce(said, command);
        ShowPhrase(command, PhraseFor(command, steering, said));
        if (isSent) record?.Ticks.AddFromEgress(command, steering, said);
        interventions.Report();
        if (faults.TryTake(out var fault, out var observation)) ReportFault(fault, observation);
    }

    /// <summary>Reports what was kept back. Called when no command follows.</summary>
    public void EndFromEgress() => SaveFlight();

    // The loop writes a tick down after it has posted its command: with the next one there, it has.
    private void SaveFlight()
    {
        if (_unsaved is { } occasion) flight.Save(occasion);
        _unsaved = null;
    }

    private void ReportFault(in PolicyFault fault, ulong observation)
    {
        log.PolicyFault(fault, observation);
        if (fault.Outcome != PolicyOutcome.RejectedFrame || !_refusals.ShouldSay(fault.Frame.Outcome, out _)) return;
        news.Post(new Wire.ControlResponse
        {
            ObservationRefused = new Wire.ObservationRefused
            {
                Sequence = observation,
                Refusal = WireFrames.ToWire(fault.Frame.Outcome),
                Detail = fault.Frame.Describe(),
            },
        });
    }

    private void ReportLadder(in TickCommand command)
    {
        log.Ladder(command);
        if (command.State == LadderState.Stopped) _unsaved = command.Reason.ToString();
        var change = new Wire.StateChange
        {
            State = WireLadder.ToWire(command.State),
            Reason = WireLadder.ToWire(command.Reason),
            Tick = (ulong)command.TickIndex,
        };
        boards.States.ShowFromEgress(change);
        news.Post(new Wire.ControlResponse { State = change });
    }

    // The robot learns of a phrase when it is said, a little before the first action that rests on it.
    private void Announce(ReasoningPhrase said, in TickCommand command)
    {
        _said = said;
        statistics.RecordPhrase(said.DecodeNs, said.DecodedTokens);
        news.Post(new Wire.ControlResponse { Phrase = WirePhrase.Of(said, command) });
    }

    // The phrase that steers; while nothing does, the one that is said. Before the first plan, what is said is about to steer.
    private static ReasoningPhrase? PhraseFor(in TickCommand command, ReasoningPhrase? steering, ReasoningPhrase? said) =>
        command.PhraseId != 0 ? steering : command.Reason == LadderReason.NoTrajectory ? null : said;

    private void ShowPhrase(in TickCommand command, ReasoningPhrase? phrase)
    {
        if (phrase is null) return;
        var freshness = WirePhrase.FreshnessAt(phrase, command);
        if (phrase == _onBoard && freshness == _shown.Freshness) return;
        _shown = phrase == _onBoard ? _shown.Clone() : WirePhrase.Of(phrase, command);
        _shown.Freshness = freshness;
        _onBoard = phrase;
        boards.Phrases.ShowFromEgress(_shown);
    }
}
