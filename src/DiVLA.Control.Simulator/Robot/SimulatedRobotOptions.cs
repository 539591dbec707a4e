using DiVLA.Control.Client;
using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.Arm;

namespace DiVLA.Control.Simulator.Robot;

/// <summary>How the simulated arm connects.</summary>
public sealed record SimulatedRobotOptions
{
    /// <summary>Address of the service.</summary>
    public required Uri Address { get; init; }

    /// <summary>Which arm it is. Defaults to the Panda.</summary>
    public EmbodimentProfile Arm { get; init; } = ArmProfiles.Panda;

    /// <summary>Names the arm for leases, logs and operators. Defaults to `simulated-` and the name of its make.</summary>
    public string RobotId
    {
        get => field ?? $"simulated-{Arm.Name}";
        init;
    }

    /// <summary>Whom to trust, and who calls. Defaults to none.</summary>
    public ServiceCredentials Credentials { get; init; } = ServiceCredentials.None;

    /// <summary>Seed of the diffusion noise.</summary>
    public ulong NoiseSeed { get; init; }

    /// <summary>Ticks after which the session ends, whatever is going on. Defaults to none.</summary>
    public ulong? TickLimit { get; init; }

    /// <inheritdoc cref="RobotControlOptions.Lease"/>
    public TimeSpan Lease { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <inheritdoc cref="RobotControlOptions.SilenceLimit"/>
    public TimeSpan SilenceLimit { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Told of everything that passes between arm and service, e.g. to record it. Defaults to nobody.</summary>
    public RobotControlWatcher? ControlWatcher { get; init; }

    /// <summary>The robot clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
