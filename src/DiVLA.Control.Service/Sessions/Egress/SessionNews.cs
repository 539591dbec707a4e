using System.Threading.Channels;

namespace DiVLA.Control.Service.Sessions;

/// <summary>Messages for the robot that are no actions, from any thread to the egress. Bounded: who floods loses the oldest.</summary>
internal sealed class SessionNews
{
    private const int Backlog = 64;
    private readonly Channel<Wire.ControlResponse> _messages =
        Channel.CreateBounded<Wire.ControlResponse>(new BoundedChannelOptions(Backlog) { FullMode = BoundedChannelFullMode.DropOldest });

    public void Post(Wire.ControlResponse message) => _messages.Writer.TryWrite(message);

    public bool TryTakeFromEgress(out Wire.ControlResponse message)
    {
        var isTaken = _messages.Reader.TryRead(out var taken);
        message = taken!;
        return isTaken;
    }
}
