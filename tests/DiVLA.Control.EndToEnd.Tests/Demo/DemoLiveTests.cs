using DiVLA.Control.Cli;
using DiVLA.Control.Cli.Demo;
using DiVLA.Control.Protocol.V1;
using DiVLA.Control.Simulator.Tasks;
using Microsoft.Extensions.Time.Testing;

namespace DiVLA.Control.EndToEnd.Tests.Demo;

/// <summary>The panel that a person watches.</summary>
[TestFixture]
internal sealed class DemoLiveTests
{
    private static readonly TimeSpan _redraw = TimeSpan.FromMilliseconds(250);

    private readonly FakeTimeProvider _clock = new();

    [Test]
    public async Task Panel_OfARun_ShowsWhatTheArmIsToldWhatThePolicySaysAndHowPunctualTheServiceIs()
    {
        var episode = EpisodeSampler.Sample(SeedSplit.Evaluation, 1, TaskFamily.Direct);
        var panel = await ShowAsync(board =>
        {
            board.OnAccepted(new SessionAccepted { RealtimeDenied = { "FifoPriority: Refused (SCHED_FIFO 50: Operation not permitted, errno 1)" } });
            board.OnEpisodeStarted(episode);
            board.OnPhrase(new Phrase { Text = "target red cube, now grasping" });
            board.Post(new SessionStatistics { TicksDue = 1000, Fresh = 984, Reused = 10, Hold = 5, Stopped = 1, Missed = 2, CommandHz = 81.9, Lateness = new LatencyPercentiles { P50Us = 60 } });
        });
        Assert.That(panel, Does.Contain(episode.Instruction).And.Contain("target red cube, now grasping"));
        Assert.That(panel, Does.Contain("FRESH 984 (98.40 %), REUSED 10, HOLD 5, STOPPED 1, missed 2").And.Contain("81.9 commands/s").And.Contain("p50 60"));
        Assert.That(panel, Does.Contain("not permitted").And.Contain("SCHED_FIFO 50"));
    }

    [Test]
    public async Task Panel_WithEveryMeasureInForce_IsSilentAboutThem()
    {
        Assert.That(await ShowAsync(board => board.OnAccepted(new SessionAccepted())), Does.Not.Contain("not permitted"));
    }

    // Redraws until the arm is done: what is posted after the first picture is on the last one.
    private async Task<string> ShowAsync(Action<DemoBoard> happens)
    {
        using var output = new StringWriter();
        var terminal = new Terminal(output, TextWriter.Null, isInteractive: false);
        terminal.Console.Profile.Width = 200;
        var board = new DemoBoard(_clock);
        var driving = new TaskCompletionSource();
        var following = new DemoLive(terminal.Console, _clock).FollowAsync(board, driving.Task);
        happens(board);
        driving.SetResult();
        while (!following.IsCompleted)
        {
            _clock.Advance(_redraw);
            await Task.Yield();
        }
        await following;
        return output.ToString();
    }
}
