namespace DiVLA.Control.Simulator.Robot;

/// <summary>How the simulated arm connects.</summary>
public sealed record SimulatedRobotOptions
{
    /// <summary>Address of the service.</summary>
    public required Uri Address { get; init; }

    /// <summary>Names the arm for leases, logs and operators.</summary>
    public string RobotId { get; init; } = "simulated-panda";

    /// <summary>Seed of the diffusion noise.</summary>
    public ulong NoiseSeed { get; init; }

    /// <summary>Time that an episode may take. Range: above 0. Defaults to 8 s.</summary>
    public TimeSpan EpisodeLimit { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>Ticks after which the session ends, whatever is going on. Defaults to none.</summary>
    public ulong? TickLimit { get; init; }

    /// <summary>The robot clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
