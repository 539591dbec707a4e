using DiVLA.Control.Client;
using DiVLA.Control.Protocol.V1;

namespace DiVLA.Control.Datasets.Recording;

/// <summary>Tells how many control periods lie between two commands. Commands of the client's own, while the service is silent, count one each.</summary>
internal sealed class TickCounter
{
    private ulong? _reached;

    /// <summary>A new session's timeline begins.</summary>
    public void Reset() => _reached = null;

    /// <summary>Control periods since the command before; 0 where the client's own commands have already covered them.</summary>
    public long Advance(in RobotAction action)
    {
        var reached = _reached ?? action.Tick;
        var now = action.Reason == LadderReason.ServiceSilent ? reached + 1 : Math.Max(reached, action.Tick);
        _reached = now;
        return (long)(now - reached);
    }
}
