using System.Diagnostics;
using DiVLA.Control.Policy;
using DiVLA.Control.RealTime;
using DiVLA.Control.Robot;
using DiVLA.Control.Service.Sessions;
using DiVLA.Control.Service.Telemetry;

namespace DiVLA.Control.Service.Tests.Telemetry;

[TestFixture]
internal sealed class TickSpansTests
{
    private const long Ms = 1_000_000;
    private readonly TickSpans _spans = new(TestServer.Options with { Telemetry = new TelemetryOptions { TraceEvery = 10 } });
    private readonly List<Activity> _ended = [];
    private ActivityListener _listener = null!;
    private readonly string _session = Path.GetRandomFileName();

    [SetUp]
    public void Listen()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == TickSpans.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                lock (_ended) _ended.Add(activity);
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    [TearDown]
    public void Dispose()
    {
        _listener.Dispose();
        _spans.Dispose();
    }

    [Test]
    public void Tick_IsSampled_HasASpanForEveryStage()
    {
        _spans.Record(Session(), Tick(20));
        var root = Own().Single(activity => activity.OperationName == "tick");
        var stages = Own().Where(activity => activity.TraceId == root.TraceId && activity != root).ToArray();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(stages.Select(stage => stage.OperationName), Is.EqualTo(
                ["capture_to_receive", "queue", "decode", "embodiment_in", "backbone", "reasoning", "diffusion", "embodiment_out", "wait_for_tick", "tick_to_transport"]),
                "film runs inside diffusion: a stage without a length has no span");
            Assert.That(stages.Select(stage => stage.ParentSpanId), Is.All.EqualTo(root.SpanId));
            Assert.That(stages.Select(stage => stage.StartTimeUtc), Is.Ordered);
            Assert.That(stages.Single(stage => stage.OperationName == "backbone").Duration, Is.EqualTo(TimeSpan.FromMilliseconds(4)).Within(TimeSpan.FromMicroseconds(1)));
            Assert.That(root.Duration, Is.EqualTo(TimeSpan.FromMilliseconds(40)).Within(TimeSpan.FromMicroseconds(1)), "from the exposure to the transport");
            Assert.That(root.StartTimeUtc, Is.EqualTo(stages[0].StartTimeUtc));
            Assert.That(root.TagObjects.ToDictionary(tag => tag.Key, tag => tag.Value), Does.ContainKey("divla.tick").WithValue(20L).And.ContainKey("divla.robot").WithValue("arm"));
        }
    }

    [Test]
    public void Tick_HasNoPlan_IsATraceAllTheSame()
    {
        _spans.Record(Session(), Tick(30) with { HasPlan = false, State = LadderState.Hold });
        Assert.That(Own().Select(activity => activity.OperationName), Is.EqualTo(["tick"]));
        Assert.That(Own().Single().Duration, Is.EqualTo(TimeSpan.FromMilliseconds(1)).Within(TimeSpan.FromMicroseconds(1)));
    }

    [Test]
    public void Tick_IsNotSampled_IsNoTrace()
    {
        for (var tick = 1; tick < 10; tick++) _spans.Record(Session(), Tick(tick));
        Assert.That(Own(), Is.Empty);
    }

    // Other tests' services trace too.
    private List<Activity> Own()
    {
        lock (_ended)
        {
            var traces = _ended.Where(activity => (string?)activity.GetTagItem("divla.session") == _session).Select(activity => activity.TraceId).ToHashSet();
            return [.. _ended.Where(activity => traces.Contains(activity.TraceId))];
        }
    }

    private SessionTelemetry Session() => new(_session, "arm", null!);

    private static TickTrace Tick(long tick)
    {
        var captured = MonotonicTime.Now(TimeProvider.System);
        var stages = new PolicyStageTimes
        {
            DecodeNs = 1 * Ms, EmbodimentInNs = 1 * Ms, BackboneNs = 4 * Ms, ReasoningNs = 1 * Ms, FilmNs = 0, DiffusionNs = 3 * Ms, EmbodimentOutNs = 1 * Ms,
        };
        var plan = new PlanTrace(7, captured, captured + (5 * Ms), captured + (10 * Ms), captured + (21 * Ms), stages, null);
        return new TickTrace(tick, captured + (39 * Ms), captured + (40 * Ms), LadderState.Fresh, LadderReason.None, PhraseState.Verified, 3, HasPlan: true, plan);
    }
}
