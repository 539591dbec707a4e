using System.Runtime.CompilerServices;
using DiVLA.Control.Robot;
using DiVLA.Control.Service.Identity;
using DiVLA.Control.Service.Rpc;
using DiVLA.Control.Service.Sessions;

namespace DiVLA.Control.Service.Live;

/// <summary>What happens in sessions, as it happens, for one reader at its own pace. Never waited for: news that a slow reader cannot take are dropped and counted.</summary>
internal sealed class LiveEvents(SessionRegistry registry, SessionViews views, ServiceOptions options)
{
    private const uint DefaultPeriodMs = 100;
    private const uint MinPeriodMs = 50;
    private const uint MaxPeriodMs = 10_000;

    // Phrases and states are news: they come sooner than a long period would have them.
    private const uint LongestLookMs = 100;

    /// <summary>Reads until the session ends, the service shuts down or the reader has gone.</summary>
    /// <exception cref="Grpc.Core.RpcException">NOT_FOUND, INVALID_ARGUMENT or RESOURCE_EXHAUSTED, before the first event.</exception>
    /// <param name="request">Which session, or all of them.</param>
    /// <param name="robots">Robots that the reader may see.</param>
    /// <param name="cancellation">The reader has gone.</param>
    public async IAsyncEnumerable<Wire.WatchResponse> ReadAsync(
        Wire.WatchRequest request, RobotScope robots, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var period = PeriodOf(request);
        using var followed = new FollowedSessions(registry, views, options, period, request, robots);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(Math.Min(period.TotalMilliseconds, LongestLookMs)), options.Clock);
        Wire.StopState? stops = null;
        do
        {
            if (views.Stops(robots) is var now && !now.Equals(stops)) yield return new Wire.WatchResponse { Stops = stops = now };
            foreach (var news in followed.Look(MonotonicTime.Now(options.Clock))) yield return news;
        }
        while (!followed.IsOver && !registry.IsShuttingDown && await timer.WaitForNextTickAsync(cancellation));
    }

    private static TimeSpan PeriodOf(Wire.WatchRequest request) => request.PeriodMs switch
    {
        0 => TimeSpan.FromMilliseconds(DefaultPeriodMs),
        >= MinPeriodMs and <= MaxPeriodMs => TimeSpan.FromMilliseconds(request.PeriodMs),
        _ => throw StatusTable.OutOfRange("period_ms", request.PeriodMs, $"0 or [{MinPeriodMs}, {MaxPeriodMs}]"),
    };
}
