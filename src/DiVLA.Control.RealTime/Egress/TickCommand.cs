using DiVLA.Control.Robot;

namespace DiVLA.Control.RealTime;

/// <summary>The loop's answer at one tick: the command, and on what ground it stands.</summary>
public record struct TickCommand
{
    /// <summary>Number of the tick; the first is 0.</summary>
    public long TickIndex { get; set; }

    /// <summary>When the command was owed.</summary>
    public MonotonicTime Due { get; set; }

    /// <summary>What the arm is told.</summary>
    public RobotCommand Command { get; set; }

    public LadderState State { get; set; }

    public LadderReason Reason { get; set; }

    /// <summary>Observation that the followed trajectory stems from; 0 where none is followed.</summary>
    public long ObservationId { get; set; }

    /// <summary>Phrase that steered the followed trajectory; 0 where none is followed.</summary>
    public long PhraseId { get; set; }

    public PhraseState PhraseState { get; set; }

    /// <summary>From the followed trajectory's observation to this tick's instant; 0 where none is followed. Unit: ns.</summary>
    public long TrajectoryAgeNs { get; set; }

    /// <summary>Rules of the limiter that changed this command.</summary>
    public LimiterRules Limited { get; set; }

    /// <summary>Number of the newest reset that was in force; 0 before the first.</summary>
    public long Reset { get; set; }
}
