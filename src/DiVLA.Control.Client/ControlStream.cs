using System.Threading.Channels;
using DiVLA.Control.Protocol.V1;
using DiVLA.Control.Robot;
using Grpc.Core;

namespace DiVLA.Control.Client;

/// <summary>The sending half of one session: sends the newest observation whenever there is one, and heartbeats when there is none.</summary>
/// <remarks>Nothing queues: of observations, instructions and stops the newest is sent, however long the connection was blocked.</remarks>
internal sealed class ControlStream : IDisposable
{
    private readonly IClientStreamWriter<ControlRequest> _requests;
    private readonly ObservationOutbox _outbox;
    private readonly TimeProvider _clock;
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly ITimer _heartbeat;
    private readonly Lock _gate = new();
    private (ulong Tick, long ServiceSentNs, long ReceivedNs) _acknowledged;
    private int _heartbeatDue;
    private string? _instruction;
    private string? _stopReason;

    public ControlStream(IClientStreamWriter<ControlRequest> requests, ObservationOutbox outbox, TimeSpan lease, TimeProvider clock)
    {
        _requests = requests;
        _outbox = outbox;
        _clock = clock;
        // Three in a lease: two may get lost in a busy moment before the arm notices.
        _heartbeat = clock.CreateTimer(_ => RequestHeartbeat(), null, lease / 3, lease / 3);
    }

    /// <summary>Tells the sender that the outbox has something.</summary>
    public void Wake() => _wake.Writer.TryWrite(true);

    /// <summary>True once the robot has asked to end. Any thread.</summary>
    public bool IsEnding => Volatile.Read(ref _stopReason) is not null;

    /// <summary>Sends an instruction before anything else.</summary>
    public void ChangeInstruction(string instruction)
    {
        Volatile.Write(ref _instruction, instruction);
        Wake();
    }

    /// <summary>Sends a stop, after the newest instruction and before anything else; nothing follows it.</summary>
    public void Stop(string reason)
    {
        Volatile.Write(ref _stopReason, reason);
        Wake();
    }

    /// <summary>Takes note of what the service sent, to be acknowledged with the next message.</summary>
    public void Acknowledge(ulong tick, long serviceSentNs, MonotonicTime receivedAt)
    {
        lock (_gate) _acknowledged = (tick, serviceSentNs, receivedAt.Nanoseconds);
    }

    /// <summary>Sends until cancelled or until a stop has been sent.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var observationRequest = new ControlRequest();
        while (await _wake.Reader.WaitToReadAsync(cancellation))
        {
            _wake.Reader.TryRead(out _);
            // A newer one may have come while the one before was being written.
            while (Interlocked.Exchange(ref _instruction, null) is { } instruction)
                await _requests.WriteAsync(new ControlRequest { Instruction = new InstructionChange { Instruction = instruction } }, cancellation);
            if (Volatile.Read(ref _stopReason) is { } reason)
            {
                await _requests.WriteAsync(new ControlRequest { Stop = new Stop { Reason = reason } }, cancellation);
                return;
            }
            await SendNewestAsync(observationRequest, cancellation);
        }
    }

    public void Dispose() => _heartbeat.Dispose();

    private async Task SendNewestAsync(ControlRequest reused, CancellationToken cancellation)
    {
        if (_outbox.TryTake(out var observation))
        {
            observation.SentNs = MonotonicTime.Now(_clock).Nanoseconds;
            observation.Acknowledgement = Acknowledgement();
            reused.Observation = observation;
            Interlocked.Exchange(ref _heartbeatDue, 0);
            await _requests.WriteAsync(reused, cancellation);
        }
        else if (Interlocked.Exchange(ref _heartbeatDue, 0) == 1)
        {
            var heartbeat = new Heartbeat { SentNs = MonotonicTime.Now(_clock).Nanoseconds, Acknowledgement = Acknowledgement() };
            await _requests.WriteAsync(new ControlRequest { Heartbeat = heartbeat }, cancellation);
        }
    }

    private Acknowledgement Acknowledgement()
    {
        lock (_gate)
            return new Acknowledgement { Tick = _acknowledged.Tick, ServiceSentNs = _acknowledged.ServiceSentNs, ReceivedNs = _acknowledged.ReceivedNs };
    }

    private void RequestHeartbeat()
    {
        Interlocked.Exchange(ref _heartbeatDue, 1);
        Wake();
    }
}
