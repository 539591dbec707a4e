using DiVLA.Control.Client;
using DiVLA.Control.Protocol.V1;
using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.Robot;

namespace DiVLA.Control.Cli.Bench;

/// <summary>Looks over an arm's shoulder for the command that stops it, and for the first one that moves it again.</summary>
internal sealed class BenchArm : SimulatedRobotWatcher
{
    private readonly Lock _gate = new();
    private TaskCompletionSource<MonotonicTime> _stopped = New();
    private TaskCompletionSource<MonotonicTime> _follows = New();

    /// <summary>Ends when the arm has the STOPPED command, with the instant of its arrival. Robot clock.</summary>
    public Task<MonotonicTime> Stopped
    {
        get
        {
            lock (_gate) return _stopped.Task;
        }
    }

    /// <summary>Ends when the arm follows a trajectory.</summary>
    public Task Follows
    {
        get
        {
            lock (_gate) return _follows.Task;
        }
    }

    /// <inheritdoc/>
    public override void OnObserved(in RobotAction action, ReadOnlySpan<byte> front, ReadOnlySpan<byte> wrist)
    {
        lock (_gate)
        {
            if (action.State == LadderState.Stopped) Turn(ref _stopped, ref _follows, action.ReceivedAt);
            else if (action.State is LadderState.Fresh or LadderState.Reused) Turn(ref _follows, ref _stopped, action.ReceivedAt);
        }
    }

    private static void Turn(ref TaskCompletionSource<MonotonicTime> reached, ref TaskCompletionSource<MonotonicTime> left, MonotonicTime at)
    {
        if (!reached.TrySetResult(at)) return;
        left = New();
    }

    private static TaskCompletionSource<MonotonicTime> New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
