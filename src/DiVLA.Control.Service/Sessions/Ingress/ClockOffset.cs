using DiVLA.Control.Robot;

namespace DiVLA.Control.Service.Sessions;

/// <summary>Estimates how far the robot clock is ahead of the service clock, from messages that go back and forth anyway.</summary>
/// <remarks>
/// Each exchange gives a round trip and, half way through it, an offset. The exchange with the least round trip was delayed least by queues and
/// threads, so it is the one that is believed; exchanges older than two windows are forgotten, because clocks drift apart.
/// Until there is one, instants of the robot are placed by how long before sending they were, which leaves out the way through the network.
/// </remarks>
internal sealed class ClockOffset
{
    private const long WindowNs = 5_000_000_000;
    private const long LongestRoundTripNs = 2_000_000_000;
    private Exchange? _before;
    private Exchange? _current;
    private long _windowStart;
    private Estimate? _best;

    /// <summary>The exchange that is believed, or null before the first. Any thread; never waits.</summary>
    public Exchange? Best => Volatile.Read(ref _best)?.Exchange;

    /// <summary>Takes one exchange: service to robot, and back. Nonsense is ignored.</summary>
    public void AddFromIngress(MonotonicTime serviceSent, MonotonicTime robotReceived, MonotonicTime robotSent, MonotonicTime serviceReceived)
    {
        var atRobot = robotSent - robotReceived;
        var roundTrip = serviceReceived - serviceSent - atRobot;
        if (atRobot < 0 || roundTrip is < 0 or > LongestRoundTripNs) return;
        var there = robotReceived - serviceSent;
        var back = robotSent - serviceReceived;
        var exchange = new Exchange(there / 2 + back / 2, roundTrip);
        if (serviceReceived.Nanoseconds - _windowStart > WindowNs) (_before, _current, _windowStart) = (_current, null, serviceReceived.Nanoseconds);
        _current = BestOf(_current, exchange);
        var best = BestOf(_before, _current)!.Value;
        if (best != Best) Volatile.Write(ref _best, new Estimate(best));
    }

    /// <summary>When something happened that the robot stamped, on the service clock; never after its arrival.</summary>
    /// <param name="robotInstant">Robot clock.</param>
    /// <param name="robotSent">When the message was sent. Robot clock; 0 where the robot does not say.</param>
    /// <param name="receivedAt">When the message arrived. Service clock.</param>
    public MonotonicTime ToService(long robotInstant, long robotSent, MonotonicTime receivedAt)
    {
        if (Best is { } best) return Earlier(new MonotonicTime(robotInstant - best.OffsetNs), receivedAt);
        return robotSent == 0 ? receivedAt : Earlier(receivedAt + -(robotSent - robotInstant), receivedAt);
    }

    /// <summary>An instant of the service on the robot clock; 0 before the first exchange. Unit: ns.</summary>
    public long ToRobot(MonotonicTime instant) => Best is { } best ? instant.Nanoseconds + best.OffsetNs : 0;

    private static MonotonicTime Earlier(MonotonicTime a, MonotonicTime b) => a < b ? a : b;

    private static Exchange? BestOf(Exchange? a, Exchange? b) =>
        a is null ? b : b is null ? a : a.Value.RoundTripNs <= b.Value.RoundTripNs ? a : b;

    /// <summary>One exchange.</summary>
    /// <param name="OffsetNs">Robot clock minus service clock. Unit: ns. Off by at most half the round trip.</param>
    /// <param name="RoundTripNs">Unit: ns.</param>
    internal readonly record struct Exchange(long OffsetNs, long RoundTripNs);

    private sealed record Estimate(Exchange Exchange);
}
