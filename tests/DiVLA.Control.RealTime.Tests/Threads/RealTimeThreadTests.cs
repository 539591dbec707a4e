namespace DiVLA.Control.RealTime.Tests;

internal sealed class RealTimeThreadTests
{
    private const int NoSuchProcessor = 1023;

    // Memory stays unlocked: the lock would outlive the test and weigh on everything that runs in this process afterwards.
    private static readonly RealTimeOptions Options = new() { LockMemory = false };

    [Test]
    public void Start_Always_ReportsEveryMeasureOnceAndRunsTheBodyOnTheNamedThread()
    {
        string? name = null;
        var thread = RealTimeThread.Start("loop-test", Options, () => name = Thread.CurrentThread.Name);
        thread.Join();
        Assert.That(name, Is.EqualTo("loop-test"));
        Assert.That(thread.Report.Results.Select(result => result.Measure), Is.EqualTo(Enum.GetValues<RealTimeMeasure>()));
        Assert.That(thread.Report.Results.Select(result => result.Detail), Has.None.Empty);
    }

    [Test]
    public void Start_MeasureNotAskedFor_SaysSo()
    {
        var thread = RealTimeThread.Start("loop-test", Options with { FifoPriority = 0 }, static () => { });
        thread.Join();
        Assert.That(OutcomeOf(thread.Report, RealTimeMeasure.FifoPriority), Is.EqualTo(RealTimeOutcome.NotRequested));
        Assert.That(OutcomeOf(thread.Report, RealTimeMeasure.CpuAffinity), Is.EqualTo(RealTimeOutcome.NotRequested));
        Assert.That(OutcomeOf(thread.Report, RealTimeMeasure.MemoryLock), Is.EqualTo(RealTimeOutcome.NotRequested));
    }

    [Test]
    public void Start_OnLinux_TimerSlackIsGranted()
    {
        if (!OperatingSystem.IsLinux()) Assert.Ignore("There is no timer slack on this system.");
        var thread = RealTimeThread.Start("loop-test", Options, static () => { });
        thread.Join();
        Assert.That(OutcomeOf(thread.Report, RealTimeMeasure.TimerSlack), Is.EqualTo(RealTimeOutcome.Granted));
    }

    [Test]
    public void Start_RefusedAndPreferred_RunsAndGivesTheReason()
    {
        var hasRun = false;
        var thread = RealTimeThread.Start("loop-test", Options with { CpuAffinity = NoSuchProcessor }, () => hasRun = true);
        thread.Join();
        var result = thread.Report.Results.Single(result => result.Measure == RealTimeMeasure.CpuAffinity);
        Assert.That(hasRun, Is.True);
        Assert.That(thread.Report.Denied, Does.Contain(result));
        if (OperatingSystem.IsLinux()) Assert.That(result.Detail, Does.Contain("errno 22"));
    }

    [Test]
    public void Start_RefusedAndEnforced_ThrowsAndDoesNotRun()
    {
        var hasRun = false;
        var options = Options with { CpuAffinity = NoSuchProcessor, Strictness = RealTimeStrictness.Enforce };
        Assert.That(() => RealTimeThread.Start("loop-test", options, () => hasRun = true),
            Throws.InstanceOf<RealTimeRefusedException>().With.Message.Contains(nameof(RealTimeMeasure.CpuAffinity)));
        Assert.That(hasRun, Is.False);
    }

    private static RealTimeOutcome OutcomeOf(RealTimeReport report, RealTimeMeasure measure) =>
        report.Results.Single(result => result.Measure == measure).Outcome;
}
