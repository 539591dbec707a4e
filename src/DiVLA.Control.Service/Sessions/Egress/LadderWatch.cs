using DiVLA.Control.RealTime;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Service.Sessions;

/// <summary>Follows the ladder by the commands that leave, for those who wait for a stop or for the arm to stand.</summary>
internal sealed class LadderWatch
{
    private const double StandingRad = 1e-9;
    private readonly Lock _gate = new();
    private readonly List<(LadderReason? Reason, TaskCompletionSource<TickCommand> Waiter)> _waiters = [];
    private TickCommand _last;
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

    /// <summary>Takes note of a command.</summary>
    /// <returns>True where the arm begins to follow, to hold or to stop, or does so for another reason.</returns>
    public bool SeeFromEgress(in TickCommand command)
    {
        lock (_gate)
        {
            var isNews = !_hasLast || Rung(command) != Rung(_last) || (Rung(command) != LadderState.Fresh && command.Reason != _last.Reason);
            _isStanding = _hasLast && IsSamePlace(command.Command, _last.Command);
            (_last, _hasLast) = (command, true);
            if (command.State == LadderState.Stopped || command.Reason.IsEndOfSession()) CompleteWaiters(command);
            return isNews;
        }
    }

    /// <summary>Waits for a command that is stopped for a reason; for null, stopped or at the end of its session, with the arm standing.</summary>
    public Task<TickCommand> WhenStopped(LadderReason? reason)
    {
        var waiter = new TaskCompletionSource<TickCommand>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate) _waiters.Add((reason, waiter));
        return waiter.Task;
    }

    private void CompleteWaiters(in TickCommand command)
    {
        for (var index = _waiters.Count - 1; index >= 0; index--)
        {
            var (reason, waiter) = _waiters[index];
            if (reason is null ? !_isStanding : reason != command.Reason) continue;
            waiter.TrySetResult(command);
            _waiters.RemoveAt(index);
        }
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
