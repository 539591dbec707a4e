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
    SessionLog log)
{
    private ReasoningPhrase? _phrase;
    private Wire.Phrase _shown = new();

    /// <summary>Reports what is new with this command.</summary>
    public void ReportFromEgress(in TickCommand command)
    {
        if (ladder.SeeFromEgress(command)) ReportLadder(command);
        ReportPhrase(command);
        if (faults.TryTake(out var fault, out var observation)) log.PolicyFault(fault, observation);
    }

    private void ReportLadder(in TickCommand command)
    {
        log.Ladder(command);
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
