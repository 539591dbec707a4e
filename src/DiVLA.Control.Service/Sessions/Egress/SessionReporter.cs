using DiVLA.Control.Policy;
using DiVLA.Control.Policy.Reasoning;
using DiVLA.Control.RealTime;

namespace DiVLA.Control.Service.Sessions;

/// <summary>Says in words what happens to a session: to the robot, to those who watch, and to the log. Runs on the egress thread.</summary>
internal sealed class SessionReporter(
    DiffusionVlaPolicy policy,
    LadderWatch ladder,
    PhraseBoard phrases,
    PolicyFaultBox faults,
    SessionNews news,
    CommandStatistics statistics,
    InterventionReporter interventions,
    FlightLog flight,
    SessionLog log,
    TimeProvider clock)
{
    private readonly RepeatedLines _refusals = new(clock);
    private ReasoningPhrase? _phrase;
    private Wire.Phrase _shown = new();
    private string? _unsaved;

    /// <summary>Reports what is new with this command.</summary>
    public void ReportFromEgress(in TickCommand command)
    {
        SaveFlight();
        if (ladder.SeeFromEgress(command)) ReportLadder(command);
        ReportPhrase(command);
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
        news.Post(new Wire.ControlResponse
        {
            State = new Wire.StateChange
            {
                State = WireLadder.ToWire(command.State),
                Reason = WireLadder.ToWire(command.Reason),
                Tick = (ulong)command.TickIndex,
            },
        });
    }

    private void ReportPhrase(in TickCommand command)
    {
        var phrase = policy.CurrentPhrase;
        if (phrase is null) return;
        var freshness = command.PhraseId == phrase.Id ? WireLadder.ToWire(command.PhraseState) : Wire.PhraseFreshness.Unspecified;
        var isNew = phrase != _phrase;
        if (!isNew && freshness == _shown.Freshness) return;
        _shown = isNew ? ToWire(phrase, command) : _shown.Clone();
        _shown.Freshness = freshness;
        phrases.ShowFromEgress(_shown);
        if (!isNew) return;
        _phrase = phrase;
        statistics.RecordPhrase(phrase.DecodeNs, phrase.DecodedTokens);
        news.Post(new Wire.ControlResponse { Phrase = _shown });
    }

    private static Wire.Phrase ToWire(ReasoningPhrase phrase, in TickCommand command) => new()
    {
        PhraseId = (ulong)phrase.Id,
        Text = phrase.Text,
        Instruction = phrase.Instruction,
        ObservationSequence = phrase.ObservationSequence,
        SinceNs = command.Due.Nanoseconds,
        Pin = WirePins.ToWire(phrase.Pin),
    };
}
