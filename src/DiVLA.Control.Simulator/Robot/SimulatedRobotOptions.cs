using DiVLA.Control.Client;

namespace DiVLA.Control.Simulator.Robot;

/// <summary>How the simulated arm connects.</summary>
public sealed record SimulatedRobotOptions
{
    /// <summary>Address of the service.</summary>
    public required Uri Address { get; init; }

    /// <summary>Whom to trust, and who calls. Defaults to none.</summary>
    public ServiceCredentials Credentials { get; init; } = ServiceCredentials.None;

    /// <summary>Names the arm for leases, logs and operators.</summary>
    public string RobotId { get; init; } = "simulated-panda";

    /// <summary>Seed of the diffusion noise.</summary>
    public ulong NoiseSeed { get; init; }

    /// <summary>Ticks after which the session ends, whatever is going on. Defaults to none.</summary>
    public ulong? TickLimit { get; init; }

    /// <summary>Told of everything that passes between arm and service, e.g. to record it. Defaults to nobody.</summary>
    public RobotControlWatcher? ControlWatcher { get; init; }

    /// <summary>The robot clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
