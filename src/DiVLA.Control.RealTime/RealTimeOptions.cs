namespace DiVLA.Control.RealTime;

/// <summary>What is asked of the control loop of one session.</summary>
public sealed record RealTimeOptions
{
    /// <summary>Commands a second. Unit: Hz. Range: [1, 10000].</summary>
    public double ControlRateHz { get; init; } = 82;

    /// <summary>What to do when the operating system refuses a measure for punctuality.</summary>
    public RealTimeStrictness Strictness { get; init; } = RealTimeStrictness.Prefer;

    /// <summary>SCHED_FIFO priority of the loop thread; 0 asks for none. Range: [0, 99].</summary>
    public int FifoPriority { get; init; } = 50;

    /// <summary>Processor that the loop thread stays on; null leaves it to the scheduler. Range: [0, 1023].</summary>
    public int? CpuAffinity { get; init; }

    /// <summary>Whether to keep touched memory from being paged out, for the whole process.</summary>
    public bool LockMemory { get; init; } = true;

    /// <summary>How long before each deadline the loop stops sleeping and spins. Bounds what a real-time thread can take from others. Range: [0, 1 ms].</summary>
    public TimeSpan SpinBeforeDeadline { get; init; } = TimeSpan.FromMicroseconds(200);

    /// <summary>Oldest observation whose trajectory is still followed.</summary>
    public TimeSpan MaxTrajectoryAge { get; init; } = TimeSpan.FromMilliseconds(400);

    /// <summary>Oldest that the newest observation may be before the arm holds.</summary>
    public TimeSpan MaxObservationAge { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Longest silence of the controller before the arm is stopped.</summary>
    public TimeSpan LeaseTimeout { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Trajectories in a row that may not be followed before the arm is stopped. As many as libfranka allows lost packets.</summary>
    public int MaxConsecutiveFaults { get; init; } = 20;

    /// <summary>Ticks that the flight recorder remembers. Range: [1, 1048576].</summary>
    public int FlightRecorderTicks { get; init; } = 4096;

    /// <summary>Interventions of the limiter that are remembered in full. Range: [1, 65536].</summary>
    public int InterventionLogSize { get; init; } = 256;

    /// <summary>Ticks before allocated bytes are counted: code is compiled and caches fill in the meantime.</summary>
    public int WarmUpTicks { get; init; } = 164;

    /// <summary>The same for the thread that takes commands from the loop: it yields to the loop and precedes all else, on any processor.</summary>
    public RealTimeOptions ForEgress() => this with { FifoPriority = Math.Max(0, FifoPriority - 1), CpuAffinity = null };

    /// <summary>Everything that is wrong with the options, in words; empty where nothing is.</summary>
    public IReadOnlyList<string> Validate()
    {
        var errors = new List<string>();
        Check(ControlRateHz is >= DeadlineSchedule.MinRateHz and <= DeadlineSchedule.MaxRateHz, nameof(ControlRateHz), ControlRateHz, "[1, 10000] Hz");
        Check(Enum.IsDefined(Strictness), nameof(Strictness), Strictness, "Prefer or Enforce");
        Check(FifoPriority is >= 0 and <= 99, nameof(FifoPriority), FifoPriority, "[0, 99]");
        Check(CpuAffinity is null or (>= 0 and <= 1023), nameof(CpuAffinity), CpuAffinity, "[0, 1023]");
        Check(SpinBeforeDeadline >= TimeSpan.Zero && SpinBeforeDeadline <= TimeSpan.FromMilliseconds(1), nameof(SpinBeforeDeadline), SpinBeforeDeadline, "[0, 1 ms]");
        Check(SpinBeforeDeadline.TotalSeconds * ControlRateHz <= 0.5, nameof(SpinBeforeDeadline), SpinBeforeDeadline, "at most half a control period");
        CheckPositive(nameof(MaxTrajectoryAge), MaxTrajectoryAge);
        CheckPositive(nameof(MaxObservationAge), MaxObservationAge);
        CheckPositive(nameof(LeaseTimeout), LeaseTimeout);
        Check(MaxConsecutiveFaults >= 1, nameof(MaxConsecutiveFaults), MaxConsecutiveFaults, "1 or more");
        Check(FlightRecorderTicks is >= 1 and <= 1 << 20, nameof(FlightRecorderTicks), FlightRecorderTicks, "[1, 1048576]");
        Check(InterventionLogSize is >= 1 and <= 1 << 16, nameof(InterventionLogSize), InterventionLogSize, "[1, 65536]");
        Check(WarmUpTicks >= 1, nameof(WarmUpTicks), WarmUpTicks, "1 or more");
        return errors;

        void CheckPositive(string name, TimeSpan value) => Check(value > TimeSpan.Zero && value <= TimeSpan.FromMinutes(1), name, value, "(0, 1 min]");

        void Check(bool good, string name, object? value, string expected)
        {
            if (!good) errors.Add(FormattableString.Invariant($"{name}: found {value}, expected {expected}"));
        }
    }
}
