using DiVLA.Control.Client;
using DiVLA.Control.Datasets.Recording;
using DiVLA.Control.Protocol.V1;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Datasets.Tests.Recording;

internal sealed class EpisodeRowsTests
{
    [Test]
    public void Take_AtTheControlRate_PairsEveryObservationWithTheNextCommand()
    {
        var rows = Play(new EpisodeRows(1), Enumerable.Repeat(1L, 6));
        Assert.That(rows.Select(row => (row.CapturedAt.Nanoseconds, row.Command.GripperWidth)), Is.EqualTo(Enumerable.Range(0, 6).Select(n => ((long)n, (double)n))));
    }

    // Row n is for tick 2n: its command is the last one before tick 2n + 2.
    [Test]
    public void Take_AtHalfTheRate_KeepsEverySecondObservationAndTheCommandBeforeTheNext()
    {
        var rows = Play(new EpisodeRows(2), Enumerable.Repeat(1L, 6));
        Assert.That(rows.Select(row => (row.CapturedAt.Nanoseconds, row.Command.GripperWidth)), Is.EqualTo(new[] { (0L, 1.0), (2L, 3.0), (4L, 5.0) }));
    }

    [Test]
    public void Take_AtARateThatDoesNotDivide_KeepsTime()
    {
        var rows = Play(new EpisodeRows(82 / 30.0), Enumerable.Repeat(1L, 82));
        Assert.That(rows, Has.Count.EqualTo(30));
        Assert.That(rows.Select(row => row.CapturedAt.Nanoseconds), Is.EqualTo(Enumerable.Range(0, 30).Select(n => (long)Math.Round(n * 82 / 30.0))));
    }

    [Test]
    public void Take_AfterASkippedTick_RepeatsWhatIsKnown()
    {
        var episode = new EpisodeRows(1);
        var rows = Play(episode, [1, 1, 2, 1]);
        Assert.That(rows.Select(row => (row.CapturedAt.Nanoseconds, row.Command.GripperWidth)), Is.EqualTo(new[] { (0L, 0.0), (1L, 1.0), (2L, 1.0), (2L, 2.0), (3L, 3.0) }));
        Assert.That(episode.Repeated, Is.EqualTo(1));
    }

    [Test]
    public void Phrases_AreToldWhereTheyChange()
    {
        var episode = new EpisodeRows(1);
        Play(episode, Enumerable.Repeat(1L, 5), phrase: n => n < 1 ? 0UL : n < 3 ? 4UL : 5UL);
        Assert.That(episode.Phrases, Is.EqualTo(new[] { (1, 4UL), (3, 5UL) }));
    }

    [Test]
    public void Advance_OverCommandsOfTheClientsOwn_CountsThemOnce()
    {
        var ticks = new TickCounter();
        var service = Action(0, 0) with { Tick = 10 };
        var own = service with { Reason = LadderReason.ServiceSilent };
        long[] elapsed = [ticks.Advance(service), ticks.Advance(service with { Tick = 12 }), ticks.Advance(own), ticks.Advance(own), ticks.Advance(service with { Tick = 13 }), ticks.Advance(service with { Tick = 16 })];
        Assert.That(elapsed, Is.EqualTo(new long[] { 0, 2, 1, 1, 0, 2 }));
    }

    // Observation n is captured at n ns and followed by the command with gripper width n.
    private static List<RecordedRow> Play(EpisodeRows episode, IEnumerable<long> elapsed, Func<int, ulong>? phrase = null)
    {
        var rows = new List<RecordedRow>();
        foreach (var (n, ticks) in elapsed.Index())
        {
            var newest = new ObservationCopy(new MonotonicTime(n), default, new PackedFrames([new byte[] { (byte)n }]));
            episode.Take(Action(n, phrase?.Invoke(n) ?? 0), ticks, newest, rows.Add);
        }
        episode.Finish(rows.Add);
        return rows;
    }

    private static RobotAction Action(int n, ulong phrase) =>
        new((ulong)n, default, default, new RobotCommand(default, n), LadderState.Fresh, LadderReason.None, 0, phrase, PhraseFreshness.Unspecified, false, null);
}
