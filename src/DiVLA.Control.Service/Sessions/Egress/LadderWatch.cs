using DiVLA.Control.RealTime;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Service.Sessions;

/// <summary>A command that has left.</summary>
/// <param name="Command">What the loop says.</param>
/// <param name="HandedOver">When the transport had taken it.</param>
internal readonly record struct SentCommand(TickCommand Command, MonotonicTime HandedOver);

/// <summary>Follows the ladder by the commands that leave, for those who wait for a stop or for the arm to stand.</summary>
internal sealed class LadderWatch
{
    private const double StandingRad = 1e-9;
    private readonly Lock _gate = new();
    private readonly List<TaskCompletionSource<SentCommand>> _standing = [];
    private readonly List<TaskCompletionSource<SentCommand>> _stopping = [];
    private readonly List<(long Reset, TaskCompletionSource<TickCommand> Taken)> _resetting = [];
    private TickCommand _last;
    private SentCommand? _emergency;
    private long _forgottenAtReset;
    private bool _hasLast;
    private bool _isStanding;

    /// <summary>The last command that left; default before the first.</summary>
    public TickCommand Last
    {
        get
        {
            lock (_gate) return _last;
        }
    }

    /// <summary>True while an emergency stop is in force that no reset was asked for.</summary>
    public bool IsEmergencyStopped
    {
        get
        {
            lock (_gate) return _emergency is not null;
        }
    }

    /// <summary>Takes note of a command.</summary>
    /// <returns>True where the arm begins to follow, to hold or to stop, or does so for another reason.</returns>
    public bool SeeFromEgress(in TickCommand command, MonotonicTime handedOver)
    {
        lock (_gate)
        {
            var isNews = !_hasLast || Rung(command) != Rung(_last) || (Rung(command) != LadderState.Fresh && command.Reason != _last.Reason);
            _isStanding = _hasLast && IsSamePlace(command.Command, _last.Command);
            (_last, _hasLast) = (command, true);
            FollowEmergency(command, handedOver);
            FollowResets(command);
            if (_isStanding && (command.State == LadderState.Stopped || command.Reason.IsEndOfSession())) Complete(_standing, new(command, handedOver));
            return isNews;
        }
    }

    /// <summary>The first command of the emergency stop that is in force, or else of the next one.</summary>
    public Task<SentCommand> WhenEmergencyStopped()
    {
        lock (_gate) return _emergency is { } since ? Task.FromResult(since) : Add(_stopping);
    }

    /// <summary>Waits for a command that is stopped, or at the end of its session, with the arm standing.</summary>
    public Task<SentCommand> WhenStanding()
    {
        lock (_gate) return Add(_standing);
    }

    /// <summary>Says that a reset was asked for: whoever waits for a stop from now on waits for one that comes after it.</summary>
    /// <param name="reset">Number of the reset.</param>
    public void ForgetEmergency(long reset)
    {
        lock (_gate) (_emergency, _forgottenAtReset) = (null, reset);
    }

    /// <summary>The first command that was made with a reset in force.</summary>
    /// <param name="reset">Number of the reset.</param>
    public Task<TickCommand> WhenReset(long reset)
    {
        lock (_gate)
        {
            if (_last.Reset >= reset) return Task.FromResult(_last);
            var taken = new TaskCompletionSource<TickCommand>(TaskCreationOptions.RunContinuationsAsynchronously);
            _resetting.Add((reset, taken));
            return taken.Task;
        }
    }

    private void FollowResets(in TickCommand command)
    {
        for (var index = _resetting.Count - 1; index >= 0; index--)
        {
            if (command.Reset < _resetting[index].Reset) continue;
            _resetting[index].Taken.TrySetResult(command);
            _resetting.RemoveAt(index);
        }
    }

    private void FollowEmergency(in TickCommand command, MonotonicTime handedOver)
    {
        // The loop made it before it knew of the reset.
        if (command.Reset < _forgottenAtReset) return;
        if (command.Reason != LadderReason.EmergencyStop)
        {
            _emergency = null;
            return;
        }
        _emergency ??= new SentCommand(command, handedOver);
        Complete(_stopping, _emergency.Value);
    }

    private static Task<SentCommand> Add(List<TaskCompletionSource<SentCommand>> waiters)
    {
        var waiter = new TaskCompletionSource<SentCommand>(TaskCreationOptions.RunContinuationsAsynchronously);
        waiters.Add(waiter);
        return waiter.Task;
    }

    private static void Complete(List<TaskCompletionSource<SentCommand>> waiters, in SentCommand command)
    {
        for (var index = 0; index < waiters.Count; index++) waiters[index].TrySetResult(command);
        waiters.Clear();
    }

    // Fresh and reused are both "follows": they alternate as fast as ticks do.
    private static LadderState Rung(in TickCommand command) => command.State == LadderState.Reused ? LadderState.Fresh : command.State;

    private static bool IsSamePlace(in RobotCommand a, in RobotCommand b)
    {
        for (var joint = 0; joint < a.Joints.Count; joint++)
            if (Math.Abs(a.Joints[joint] - b.Joints[joint]) > StandingRad) return false;
        return true;
    }
}
