using System.Globalization;
using DiVLA.Control.Client;
using DiVLA.Control.Policy;
using DiVLA.Control.Protocol.V1;
using DiVLA.Control.Robot;
using DiVLA.Control.Service;
using DiVLA.Control.Simulator.Robot;
using DiVLA.Control.Simulator.Tasks;

namespace DiVLA.Control.Cli.Bench;

/// <summary>Stops all arms and one in turn, again and again, while they work, operators watch and others want the processors, and measures how long that takes. With records and audit log, as in earnest.</summary>
internal sealed class BenchStopRun(BenchStopSettings settings, TimeProvider clock)
{
    // Long enough for stops to fall anywhere within a tick.
    private const int LongestDelayMs = 100;
    private static readonly TimeSpan EndingTime = TimeSpan.FromSeconds(10);
    // An arm that has not moved for so long will not move in time to be measured.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<double> _ofAllMs = [];
    private readonly List<double> _ofOneMs = [];
    private readonly List<double> _callToRobotMs = [];
    private int _unmeasured;

    /// <summary>Measures.</summary>
    /// <param name="done">Told of every stop.</param>
    /// <param name="cancellation">Ends without a summary.</param>
    public async Task<BenchStopSummary> RunAsync(Action<int> done, CancellationToken cancellation)
    {
        using var folder = new TemporaryFolder();
        await using var server = await DivlaServer.StartAsync(ServiceOptions(folder), cancellation);
        using var ending = new CancellationTokenSource();
        var arms = Enumerable.Range(0, settings.Arms).Select(_ => new BenchArm()).ToArray();
        var robots = arms.Select((arm, index) => Robot(server, arm, index)).ToArray();
        var driving = Task.WhenAll(robots.Select(robot => robot.RunAsync(ending.Token)));
        using var busy = new BenchBusy(settings.Busy);
        using var loading = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var load = new BenchLoad(server.GrpcAddress, server.HttpAddress, settings.Watchers, clock).RunAsync(loading.Token);
        try
        {
            await StopAgainAndAgainAsync(server, arms, done, Task.WhenAny(driving, load), cancellation);
        }
        finally
        {
            await loading.CancelAsync();
            foreach (var robot in robots) robot.Stop("measured");
            ending.CancelAfter(EndingTime);
            await driving;
            foreach (var robot in robots) await robot.DisposeAsync();
        }
        await load;
        var statistics = (await driving).Select(summary => summary?.Statistics ?? new SessionStatistics()).ToArray();
        return Summarise(server.Manifest.Revision, statistics);
    }

    private async Task StopAgainAndAgainAsync(DivlaServer server, BenchArm[] arms, Action<int> done, Task<Task> failing, CancellationToken cancellation)
    {
        using var channel = ServiceChannel.For(server.GrpcAddress);
        var (operations, random) = (new OperationsClient(channel), new Random((int)settings.Seed));
        for (var stop = 0; stop < settings.Stops; stop++)
        {
            await OrFailure(Task.WhenAll(arms.Select(arm => arm.Follows)));
            await Task.Delay(TimeSpan.FromMilliseconds(random.NextDouble() * LongestDelayMs), clock, cancellation);
            // All of them, and then one after the other by itself.
            var one = stop % 2 == 0 ? (int?)null : stop / 2 % arms.Length;
            await OrFailure(StopAsync(operations, one is { } index ? [arms[index]] : arms, ArmsOf(one), cancellation));
            await operations.ResetAsync(new ResetRequest { Arms = ArmsOf(one), Who = "divla bench" }, cancellation);
            done(stop + 1);
        }

        // What works or loads must not end before everything is measured: then its fault is the result.
        async Task OrFailure(Task step)
        {
            if (await FirstOf(step) != step)
            {
                await await failing;
                throw new InvalidOperationException("A session ended in the middle of the measurement; the machine may be too busy for that many arms.");
            }
            await step;
        }

        async Task<Task> FirstOf(Task step)
        {
            try
            {
                return await Task.WhenAny(step, failing).WaitAsync(Patience, clock, cancellation);
            }
            catch (TimeoutException)
            {
                throw new InvalidOperationException($"An arm did not move, or was not stopped, for {Patience.TotalSeconds:0} s: the machine is too busy; give less --busy, --arms or --watchers.");
            }
        }
    }

    private async Task StopAsync(OperationsClient operations, BenchArm[] reached, Arms arms, CancellationToken cancellation)
    {
        Task<MonotonicTime>[] stopping = [.. reached.Select(arm => arm.Stopped)];
        var calledAt = MonotonicTime.Now(clock);
        var stopped = await operations.EmergencyStopAsync(new EmergencyStopRequest { Arms = arms, Who = "divla bench" }, cancellation);
        var arrivedAt = await Task.WhenAll(stopping);
        StoppedArm[] measured = [.. stopped.Arms.Where(arm => arm is { AlreadyStopped: false, AcknowledgedUs: > 0 })];
        // Of an arm that lost its connection at that moment there is nothing to measure: it holds by itself, and is stopped when it comes again.
        _unmeasured += reached.Length - measured.Length;
        (arms.All ? _ofAllMs : _ofOneMs).AddRange(measured.Select(arm => arm.AcknowledgedUs / 1e3));
        if (measured.Length == reached.Length) _callToRobotMs.AddRange(arrivedAt.Select(arrival => (arrival - calledAt) / 1e6));
    }

    private static Arms ArmsOf(int? one) => one is { } index ? new Arms { RobotId = NameOf(index) } : new Arms { All = true };

    private static string NameOf(int index) => string.Create(CultureInfo.InvariantCulture, $"bench-{index + 1}");

    private BenchStopSummary Summarise(string revision, SessionStatistics[] statistics)
    {
        var fresh = statistics.Sum(session => (double)session.Fresh);
        var following = statistics.Sum(session => (double)session.Fresh + session.Reused);
        return new BenchStopSummary(
            settings.Stops,
            settings.Arms,
            settings.Watchers,
            settings.Busy,
            BenchPercentiles.Of(_ofAllMs.Concat(_ofOneMs)),
            BenchPercentiles.Of(_ofAllMs),
            BenchPercentiles.Of(_ofOneMs),
            BenchPercentiles.Of(_callToRobotMs),
            _unmeasured,
            following > 0 ? fresh / following : 0,
            settings.Seed,
            revision);
    }

    private ServiceOptions ServiceOptions(TemporaryFolder folder) => new()
    {
        BundleDirectory = settings.Bundle,
        UseFreePortsWhenTaken = true,
        Policy = new PolicyOptions { Onnx = settings.Onnx },
        Limits = new SessionLimits { MaxSessions = settings.Arms + 1, MaxWatchers = settings.Watchers + 1, MaxConnections = settings.Watchers + settings.Arms + 64 },
        Log = new LogOptions { Console = false },
        Records = new RecordOptions { File = folder.FileNamed("reasoning.db") },
        AuditFile = folder.FileNamed("audit.jsonl"),
        Clock = clock,
    };

    private SimulatedRobot Robot(DivlaServer server, BenchArm arm, int index)
    {
        var tasks = BundleTasks.Read(settings.Bundle);
        var episodes = Enumerable.Range(0, int.MaxValue).Select(
            number => EpisodeSampler.Sample(SeedSplit.Evaluation, settings.Seed + (ulong)(number * settings.Arms + index), tasks.Families[0], tasks));
        var options = new SimulatedRobotOptions
        {
            Address = server.GrpcAddress,
            RobotId = NameOf(index),
            NoiseSeed = settings.Seed,
            Clock = clock,
        };
        return new SimulatedRobot(options, episodes, arm);
    }
}
