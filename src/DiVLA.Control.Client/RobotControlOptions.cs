using DiVLA.Control.Protocol.V1;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Client;

/// <summary>How a robot controller connects, and what it asks for.</summary>
public sealed record RobotControlOptions
{
    /// <summary>Address of the service. Defaults to http://127.0.0.1:5082.</summary>
    public Uri Address { get; init; } = new("http://127.0.0.1:5082");

    /// <summary>Whom to trust, and who calls. Defaults to none, for a service on this machine that asks nobody.</summary>
    public ServiceCredentials Credentials { get; init; } = ServiceCredentials.None;

    /// <summary>Names the arm. 1 to 64 of letters, digits, '-', '_', '.'.</summary>
    public required string RobotId { get; init; }

    /// <summary>What this robot is. The service refuses a session where its own contract differs.</summary>
    public required EmbodimentContract Contract { get; init; }

    /// <summary>How frames of each of the contract's cameras are packed, in the contract's order.</summary>
    public required IReadOnlyList<ImageEncoding> Encodings { get; init; }

    /// <summary>What the robot shall do first.</summary>
    public required string Instruction { get; init; }

    /// <summary>How long the service may go without hearing from this robot before it takes the arm down the ladder. Defaults to 500 ms.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// How long this robot may go without an action before it counts the session as lost and opens another. Defaults to 250 ms.
    /// It brakes from the second missing action on, whatever this says.
    /// </summary>
    public TimeSpan SilenceLimit { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long the service may take to let the robot in; it loads graphs meanwhile. Defaults to 30 s.</summary>
    public TimeSpan AcceptLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the service may take to sum up a session that the robot has ended; it finishes the plan that it has begun. The arm stands meanwhile. Defaults to 5 s.</summary>
    public TimeSpan EndLimit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Seed of the diffusion noise.</summary>
    public ulong NoiseSeed { get; init; }

    /// <summary>Ends the session of another controller that drives this robot.</summary>
    public bool Takeover { get; init; }

    /// <summary>Asks for the time of every stage in every action.</summary>
    public bool ReportStageTimes { get; init; }

    /// <summary>First pause before connecting again; it doubles from there. Defaults to 50 ms.</summary>
    public TimeSpan FirstReconnectDelay { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Longest pause before connecting again. Defaults to 2 s.</summary>
    public TimeSpan LongestReconnectDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long to go on trying without a session. Defaults to for ever.</summary>
    public TimeSpan GiveUpAfter { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>Told of everything that passes, e.g. to record it. Defaults to nobody.</summary>
    public RobotControlWatcher? Watcher { get; init; }

    /// <summary>The robot clock: observations are stamped with it and actions are due on it.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Checks everything and throws one exception that names every fault.</summary>
    /// <exception cref="ArgumentException">At least one option is wrong.</exception>
    internal void Validate()
    {
        var faults = Faults().ToList();
        if (faults.Count > 0) throw new ArgumentException("Robot control options: " + string.Join("; ", faults));
    }

    private IEnumerable<string> Faults()
    {
        if (string.IsNullOrEmpty(RobotId)) yield return "RobotId is empty";
        if (string.IsNullOrWhiteSpace(Instruction)) yield return "Instruction is empty";
        if (Encodings.Count != Contract.Cameras.Count) yield return $"Encodings has {Encodings.Count} entries for {Contract.Cameras.Count} cameras";
        if (Lease < TimeSpan.FromMilliseconds(20) || Lease > TimeSpan.FromMinutes(1)) yield return $"Lease is {Lease}, outside [20 ms, 1 min]";
        if (SilenceLimit <= TimeSpan.Zero) yield return $"SilenceLimit is {SilenceLimit}, not positive";
        if (AcceptLimit <= TimeSpan.Zero) yield return $"AcceptLimit is {AcceptLimit}, not positive";
        if (EndLimit <= TimeSpan.Zero) yield return $"EndLimit is {EndLimit}, not positive";
        if (FirstReconnectDelay <= TimeSpan.Zero) yield return $"FirstReconnectDelay is {FirstReconnectDelay}, not positive";
        if (LongestReconnectDelay < FirstReconnectDelay) yield return "LongestReconnectDelay is below FirstReconnectDelay";
        foreach (var fault in Credentials.Faults(Address)) yield return $"Credentials: {fault}";
    }
}
