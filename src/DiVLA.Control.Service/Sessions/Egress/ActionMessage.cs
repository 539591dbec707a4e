using DiVLA.Control.RealTime;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Service.Sessions;

/// <summary>The action of a tick as a message. One message is filled again and again: the transport has copied it when a write is complete.</summary>
internal sealed class ActionMessage(ClockOffset clock, bool withStageTimes)
{
    private readonly Wire.Action _action = new();
    private readonly Wire.StageTimes _stageTimes = new();
    private Wire.ControlResponse? _response;

    /// <summary>Fills the message. Valid until the next call.</summary>
    /// <param name="command">What the loop says.</param>
    /// <param name="trace">Where the followed trajectory comes from; null where none is followed.</param>
    /// <param name="now">When the message is handed to the transport.</param>
    public Wire.ControlResponse Fill(in TickCommand command, in PlanTrace? trace, MonotonicTime now)
    {
        _action.Tick = (ulong)command.TickIndex;
        _action.DueNs = command.Due.Nanoseconds;
        _action.DueRobotNs = clock.ToRobot(command.Due);
        _action.JointPositionsRad.Clear();
        foreach (var joint in command.Command.Joints.AsSpan()) _action.JointPositionsRad.Add(joint);
        _action.GripperWidthM = command.Command.GripperWidth;
        _action.State = WireLadder.ToWire(command.State);
        _action.Reason = WireLadder.ToWire(command.Reason);
        _action.ObservationSequence = (ulong)command.ObservationId;
        _action.PhraseId = (ulong)command.PhraseId;
        _action.PhraseFreshness = WireLadder.ToWire(command.PhraseState);
        _action.Limited = command.Limited != LimiterRules.None;
        _action.SentNs = now.Nanoseconds;
        _action.StageTimes = withStageTimes && trace is { } followed ? Fill(followed, command.Due, now) : null;
        return _response ??= new Wire.ControlResponse { Action = _action };
    }

    private Wire.StageTimes Fill(in PlanTrace trace, MonotonicTime due, MonotonicTime now)
    {
        _stageTimes.CaptureToReceiveNs = trace.ReceivedAt - trace.CapturedAt;
        _stageTimes.QueueNs = trace.TakenAt - trace.ReceivedAt;
        _stageTimes.DecodeNs = trace.Stages.DecodeNs;
        _stageTimes.EmbodimentInNs = trace.Stages.EmbodimentInNs;
        _stageTimes.BackboneNs = trace.Stages.BackboneNs;
        _stageTimes.ReasoningNs = trace.Stages.ReasoningNs;
        _stageTimes.FilmNs = trace.Stages.FilmNs;
        _stageTimes.DiffusionNs = trace.Stages.DiffusionNs;
        // Takes over what lies between the stages, so that the sum is the frame's age to the nanosecond.
        _stageTimes.EmbodimentOutNs = trace.Stages.EmbodimentOutNs + (trace.PublishedAt - trace.TakenAt - trace.Stages.TotalNs);
        _stageTimes.WaitForTickNs = due - trace.PublishedAt;
        _stageTimes.TickToTransportNs = now - due;
        return _stageTimes;
    }
}
