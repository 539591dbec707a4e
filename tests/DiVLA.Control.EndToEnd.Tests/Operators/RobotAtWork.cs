using DiVLA.Control.Client;
using DiVLA.Control.Protocol.V1;
using DiVLA.Control.Simulator.Robot;
using DiVLA.Control.Simulator.Tasks;

namespace DiVLA.Control.EndToEnd.Tests.Operators;

/// <summary>A simulated arm that works through episodes without end.</summary>
internal sealed class RobotAtWork : IAsyncDisposable
{
    private readonly SimulatedRobot _robot;
    private readonly Ticks _ticks = new();
    private readonly Task _driving;

    private RobotAtWork(string address, string robotId, RobotControlWatcher? watcher)
    {
        var episodes = Enumerable.Range(1, 1000).Select(seed => EpisodeSampler.Sample(SeedSplit.Evaluation, (ulong)seed, TaskFamily.Direct));
        _robot = new SimulatedRobot(new SimulatedRobotOptions { Address = new Uri(address), RobotId = robotId, ControlWatcher = watcher }, episodes, _ticks);
        _driving = _robot.RunAsync(CancellationToken.None);
    }

    /// <summary>Connects and waits until the service lists the session.</summary>
    /// <param name="address">Of the service.</param>
    /// <param name="robotId">Its name.</param>
    /// <param name="watcher">Told of everything that passes between arm and service; null for nobody.</param>
    public static async Task<RobotAtWork> StartAsync(string address, string robotId, RobotControlWatcher? watcher = null)
    {
        var robot = new RobotAtWork(address, robotId, watcher);
        while ((await Divla.RunAsync("reasoning", "get", robotId, "--server", address)).ExitCode != Cli.ExitCode.Success)
            Assert.That(robot._driving.IsCompleted, Is.False, "the session is over");
        return robot;
    }

    /// <summary>Waits until the arm has had commands up to a tick.</summary>
    public async Task CommandedAsync(ulong ticks)
    {
        while (_ticks.Newest < ticks) await Task.Delay(TimeSpan.FromMilliseconds(5));
    }

    /// <summary>A tick that a trajectory steered, and that later ones have followed.</summary>
    public async Task<ulong> SteeredTickAsync()
    {
        var tick = await _ticks.Steered;
        await CommandedAsync(tick + 3);
        return tick;
    }

    /// <summary>Ends the session in good order.</summary>
    public async Task EndAsync()
    {
        _robot.Stop("done");
        await _driving;
    }

    public async ValueTask DisposeAsync()
    {
        _robot.Stop("done");
        await _robot.DisposeAsync();
    }

    private sealed class Ticks : SimulatedRobotWatcher
    {
        private readonly TaskCompletionSource<ulong> _steered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private ulong _newest;

        public Task<ulong> Steered => _steered.Task;

        public ulong Newest => Volatile.Read(ref _newest);

        public override void OnObserved(in RobotAction action, ReadOnlySpan<byte> front, ReadOnlySpan<byte> wrist)
        {
            Volatile.Write(ref _newest, action.Tick);
            if (action.State is LadderState.Fresh or LadderState.Reused) _steered.TrySetResult(action.Tick);
        }
    }
}
