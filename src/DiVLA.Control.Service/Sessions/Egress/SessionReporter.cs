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
    private readonly SteeringPhrase _steering = new();
    private ReasoningPhrase? _said;
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
        if (_steering.Next(command, steering, said) is { } shown) boards.Phrases.ShowFromEgress(shown);
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
}
