namespace DiVLA.Control.Service.Telemetry;

/// <summary>Reads what sessions have recorded and tells meters and traces.</summary>
/// <remarks>Loop, policy and egress threads only write to recorders of their own; the locks and objects that meters and traces need cost none of them a deadline.</remarks>
internal sealed class TelemetryExporter(TelemetrySessions sessions, ServiceMeters meters, TickSpans spans, ServiceOptions options) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);
    private readonly Lock _gate = new();

    /// <summary>Takes over everything that is new. Sessions that have ended are read a last time.</summary>
    public void Export()
    {
        lock (_gate)
        {
            foreach (var session in sessions.All) Export(session);
        }
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        Export();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, options.Clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) Export();
        }
        catch (OperationCanceledException)
        {
            // The service ends.
        }
    }

    private void Export(SessionTelemetry session)
    {
        // Asked first: what is recorded after it is read in the next round.
        var isClosed = session.IsClosed;
        while (session.Ticks.TryTakeFromExporter(out var tick))
        {
            meters.Record(session.Robot, tick);
            spans.Record(session, tick);
        }
        var counts = session.Counts();
        meters.Record(session.Robot, session.Exported, counts);
        session.Exported = counts;
        if (isClosed) sessions.Forget(session);
    }
}
