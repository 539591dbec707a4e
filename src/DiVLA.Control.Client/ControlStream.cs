using System.Threading.Channels;
using DiVLA.Control.Protocol.V1;
using DiVLA.Control.Robot;
using Grpc.Core;

namespace DiVLA.Control.Client;

/// <summary>The sending half of one session: opens it, then sends the newest observation whenever there is one, and heartbeats when there is none.</summary>
internal sealed class ControlStream : IDisposable
{
    private readonly IClientStreamWriter<ControlRequest> _requests;
    private readonly ObservationOutbox _outbox;
    private readonly TimeProvider _clock;
    private readonly Channel<ControlRequest> _pending = Channel.CreateBounded<ControlRequest>(16);
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly ITimer _heartbeat;
    private readonly Lock _gate = new();
    private (ulong Tick, long ServiceSentNs, long ReceivedNs) _acknowledged;
    private int _heartbeatDue;

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

    /// <summary>Queues a message that must not be replaced by a newer one. False: too many are waiting.</summary>
    public bool TryPost(ControlRequest request)
    {
        var isPosted = _pending.Writer.TryWrite(request);
        Wake();
        return isPosted;
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
            while (_pending.Reader.TryRead(out var pending))
            {
                await _requests.WriteAsync(pending, cancellation);
                if (pending.MessageCase == ControlRequest.MessageOneofCase.Stop) return;
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
