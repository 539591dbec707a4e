using System.Diagnostics;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Service.Telemetry;

/// <summary>One trace for every tick that is sampled: the way of its frame, a span a stage.</summary>
internal sealed class TickSpans : IDisposable
{
    /// <summary>Name of the source.</summary>
    public const string SourceName = "DiVLA.Control";

    private readonly ActivitySource _source = new(SourceName);
    private readonly int _every;
    private readonly TimeProvider _clock;

    public TickSpans(ServiceOptions options) => (_every, _clock) = (options.Telemetry.TraceEvery, options.Clock);

    /// <summary>Makes the trace of a tick where it is sampled and somebody listens.</summary>
    public void Record(SessionTelemetry session, in TickTrace tick)
    {
        if (tick.Tick % _every != 0 || !_source.HasListeners()) return;
        var date = new Dates(_clock.GetUtcNow(), MonotonicTime.Now(_clock));
        var begin = tick.HasPlan ? tick.Plan.CapturedAt : tick.Due;
        using var root = _source.StartActivity("tick", ActivityKind.Internal, default(ActivityContext), Tags(session, tick), null, date.Of(begin));
        if (root is null) return;
        if (tick.HasPlan)
            foreach (var stage in TickStages.Of(tick)) Record(root.Context, stage, date);
        root.SetEndTime(date.Of(tick.HandedOver).UtcDateTime);
    }

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();

    // An activity without a length would get one when it is stopped.
    private void Record(ActivityContext parent, in TickStage stage, in Dates date)
    {
        var (start, end) = (date.Of(stage.Start).UtcDateTime, date.Of(stage.Start + stage.DurationNs).UtcDateTime);
        if (end <= start) return;
        using var span = _source.StartActivity(stage.Name, ActivityKind.Internal, parent, tags: null, links: null, start);
        span?.SetEndTime(end);
    }

    private static IEnumerable<KeyValuePair<string, object?>> Tags(SessionTelemetry session, TickTrace tick) =>
    [
        new("divla.session", session.Session),
        new("divla.robot", session.Robot),
        new("divla.tick", tick.Tick),
        new("divla.state", tick.State.ToString()),
        new("divla.reason", tick.Reason.ToString()),
        new("divla.observation", tick.HasPlan ? tick.Plan.ObservationId : 0),
        new("divla.phrase", tick.PhraseId),
    ];

    /// <summary>Dates of instants on the service clock, by one reading of both clocks.</summary>
    private readonly record struct Dates(DateTimeOffset Now, MonotonicTime At)
    {
        public DateTimeOffset Of(MonotonicTime instant) => Now.AddTicks((instant - At) / 100);
    }
}
