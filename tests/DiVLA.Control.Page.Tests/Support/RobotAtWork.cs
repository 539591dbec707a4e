using DiVLA.Control.Client;
using DiVLA.Control.Simulator.Robot;
using DiVLA.Control.Simulator.Tasks;
using LadderState = DiVLA.Control.Protocol.V1.LadderState;

namespace DiVLA.Control.Page.Tests;

/// <summary>A simulated arm that works through episodes without end, and what it was told last.</summary>
internal sealed class RobotAtWork : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly SimulatedRobot _robot;
    private readonly Actions _actions = new();
    private readonly Task _driving;

    private RobotAtWork(Uri address, string robotId, ServiceCredentials? credentials)
    {
        var episodes = Enumerable.Range(1, 1000).Select(seed => EpisodeSampler.Sample(SeedSplit.Evaluation, (ulong)seed, TaskFamily.Direct));
        // A browser that draws on the processors that drive the arm must not cost it its session.
        var options = new SimulatedRobotOptions
        {
            Address = address,
            RobotId = robotId,
            Credentials = credentials ?? ServiceCredentials.None,
            Lease = TimeSpan.FromSeconds(30),
            SilenceLimit = TimeSpan.FromSeconds(10),
        };
        _robot = new SimulatedRobot(options, episodes, _actions);
        _driving = _robot.RunAsync(CancellationToken.None);
    }

    /// <summary>The newest command that has arrived at the arm.</summary>
    public Told Newest => _actions.Newest;

    public static RobotAtWork Start(Uri address, string robotId, ServiceCredentials? credentials) => new(address, robotId, credentials);

    /// <summary>Waits until the arm is told to follow.</summary>
    public Task<Told> FollowsAsync() => ToldAsync(told => told.State is LadderState.Fresh or LadderState.Reused);

    /// <summary>Waits until the arm is told that it is stopped, and stands.</summary>
    public async Task<Told> StandsStoppedAsync()
    {
        var before = await ToldAsync(told => told.State == LadderState.Stopped);
        while (true)
        {
            var after = await ToldAsync(told => told.Tick > before.Tick);
            Assert.That(after.State, Is.EqualTo(LadderState.Stopped), "latched");
            if (after.Joints.SequenceEqual(before.Joints)) return after;
            before = after;
        }
    }

    /// <summary>Waits for a command.</summary>
    public async Task<Told> ToldAsync(Func<Told, bool> isWanted)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!isWanted(Newest))
        {
            Assert.That(_driving.IsCompleted, Is.False, "the robot has given up");
            Assert.That(patience.IsCancellationRequested, Is.False, $"the command did not come; the newest is {Newest}");
            await Task.Delay(TimeSpan.FromMilliseconds(5));
        }
        return Newest;
    }

    public async ValueTask DisposeAsync()
    {
        _robot.Stop("done");
        await _driving;
        await _robot.DisposeAsync();
    }

    /// <summary>What the arm was told at a tick.</summary>
    internal sealed record Told(ulong Tick, LadderState State, double[] Joints);

    private sealed class Actions : SimulatedRobotWatcher
    {
        private volatile Told _newest = new(0, LadderState.Unspecified, []);

        public Told Newest => _newest;

        public override void OnObserved(in RobotAction action, ReadOnlySpan<byte> front, ReadOnlySpan<byte> wrist) =>
            _newest = new Told(action.Tick, action.State, [.. action.Command.Joints.AsSpan()]);
    }
}
