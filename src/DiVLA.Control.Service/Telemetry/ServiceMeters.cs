using System.Diagnostics;
using System.Diagnostics.Metrics;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.RealTime;
using DiVLA.Control.Service.Identity;
using DiVLA.Control.Service.Sessions;

namespace DiVLA.Control.Service.Telemetry;

/// <summary>Every metric of the service: docs/observability.md has them by the names that Prometheus gives them. Recorded by the exporting thread alone.</summary>
internal sealed class ServiceMeters : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "DiVLA.Control";

    private static readonly double[] LatenessSeconds = [50e-6, 100e-6, 200e-6, 500e-6, 1e-3, 2e-3, 5e-3, 10e-3, 20e-3, 50e-3, 0.1, 1];
    private static readonly double[] StageSeconds = [50e-6, 100e-6, 250e-6, 500e-6, 1e-3, 2e-3, 3e-3, 4e-3, 6e-3, 8e-3, 10e-3, 12e-3, 16e-3, 20e-3, 50e-3, 0.1, 0.25, 1];

    private readonly Meter _meter;
    private readonly Counter<long> _commands;
    private readonly Counter<long> _limited;
    private readonly Counter<long> _missed;
    private readonly Counter<long> _observations;
    private readonly Counter<long> _inferences;
    private readonly Counter<long> _phrases;
    private readonly Counter<long> _tracesLost;
    private readonly Histogram<double> _lateness;
    private readonly Histogram<double> _stages;

    public ServiceMeters(IMeterFactory factory, PolicyBundle bundle, SessionRegistry registry, EmergencyStops stops, AccessRefusals refusals, LogBacklog log, ServerCertificate? certificate = null)
    {
        _meter = factory.Create(MeterName);
        _commands = _meter.CreateCounter<long>("divla.control.commands", "{command}", "Commands handed to the transport, by what they rest on.");
        _limited = _meter.CreateCounter<long>("divla.control.commands.limited", "{command}", "Commands that the limiter changed.");
        _missed = _meter.CreateCounter<long>("divla.control.commands.missed", "{command}", "Ticks that passed without a command.");
        _observations = _meter.CreateCounter<long>("divla.control.observations", "{observation}", "Observations, by what became of them.");
        _inferences = _meter.CreateCounter<long>("divla.control.inferences", "{inference}", "Inferences, by how they ended.");
        _phrases = _meter.CreateCounter<long>("divla.control.phrases", "{phrase}", "Phrases decoded.");
        _tracesLost = _meter.CreateCounter<long>("divla.control.traces.lost", "{trace}", "Traces of ticks that exporters were too slow for; commands and lateness miss them too.");
        _lateness = Seconds("divla.control.command.lateness", "From a tick's instant until the transport had taken its command.", LatenessSeconds);
        _stages = Seconds("divla.control.stage.duration", "How long each stage took, for the frame that a command rests on.", StageSeconds);

        _meter.CreateObservableUpDownCounter("divla.control.sessions", () => registry.Sessions.Count, "{session}", "Arms that are driven.");
        _meter.CreateObservableUpDownCounter("divla.control.stops.latched", () => Latched(stops), "{stop}", "Emergency stops in force, each until its reset.");
        _meter.CreateObservableCounter("divla.control.calls.refused", () => Refused(refusals), "{call}", "Calls that were not let in.");
        _meter.CreateObservableCounter("divla.control.log.lines.dropped", () => log.Dropped, "{line}", "Log lines lost because a target was too slow or could not be written.");
        _meter.CreateObservableUpDownCounter("divla.control.bundle.info", () => new Measurement<int>(1, Tag("revision", bundle.Manifest.Revision), Tag("name", bundle.Manifest.Name)),
            description: "Which weights are served; always 1.");
        if (certificate is not null)
            _meter.CreateObservableGauge("divla.control.certificate.not_after", () => certificate.NotAfter.ToUnixTimeSeconds(), "s", "When the service's certificate ends, as a Unix time.");
    }

    /// <summary>Records one command.</summary>
    public void Record(string robot, in TickTrace tick)
    {
        var tags = new TagList { Tag("robot", robot), Tag("state", Word(tick.State)), Tag("phrase", Word(tick.Phrase)) };
        _commands.Add(1, tags);
        _lateness.Record(Math.Max(0, tick.LatenessNs) / 1e9, Tag("robot", robot));
        // A trajectory is followed for several ticks; its stages ran once.
        if (tick is { HasPlan: true, State: LadderState.Fresh })
            foreach (var stage in TickStages.Of(tick)) _stages.Record(stage.DurationNs / 1e9, Tag("robot", robot), Tag("stage", stage.Name));
    }

    /// <summary>Records what a session has counted since the last time.</summary>
    public void Record(string robot, SessionCounts before, SessionCounts now)
    {
        Add(_missed, now.Missed - before.Missed, Tag("robot", robot));
        Add(_limited, now.Limited - before.Limited, Tag("robot", robot));
        Add(_observations, now.ObservationsReceived - before.ObservationsReceived, Tag("robot", robot), Tag("outcome", "received"));
        Add(_observations, now.ObservationsSuperseded - before.ObservationsSuperseded, Tag("robot", robot), Tag("outcome", "superseded"));
        Add(_observations, now.ObservationsRefused - before.ObservationsRefused, Tag("robot", robot), Tag("outcome", "refused"));
        Add(_inferences, now.Inferences - before.Inferences, Tag("robot", robot), Tag("outcome", "ok"));
        Add(_inferences, now.InferenceFaults - before.InferenceFaults, Tag("robot", robot), Tag("outcome", "fault"));
        Add(_phrases, now.Phrases - before.Phrases, Tag("robot", robot));
        Add(_tracesLost, now.TracesLost - before.TracesLost, Tag("robot", robot));
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    // Also where nothing was added: a series that is there at 0 can be alerted on, one that is missing cannot.
    private static void Add(Counter<long> counter, long count, params ReadOnlySpan<KeyValuePair<string, object?>> tags) => counter.Add(Math.Max(0, count), tags);

    private static IEnumerable<Measurement<long>> Latched(EmergencyStops stops) =>
        [new(stops.AllStopped ? 1 : 0, Tag("scope", "all")), new(stops.StoppedRobots.Count, Tag("scope", "robot"))];

    private static IEnumerable<Measurement<long>> Refused(AccessRefusals refusals) =>
        [new(refusals.Unauthenticated, Tag("reason", "unauthenticated")), new(refusals.Denied, Tag("reason", "denied"))];

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);

    private static string Word(LadderState state) => state switch
    {
        LadderState.Fresh => "fresh",
        LadderState.Reused => "reused",
        LadderState.Hold => "hold",
        _ => "stopped",
    };

    private static string Word(PhraseState phrase) => phrase switch
    {
        PhraseState.Verified => "verified",
        PhraseState.Pending => "pending",
        PhraseState.Pinned => "pinned",
        _ => "none",
    };

    private Histogram<double> Seconds(string name, string description, double[] boundaries) => _meter.CreateHistogram(
        name, "s", description, tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = boundaries });
}
