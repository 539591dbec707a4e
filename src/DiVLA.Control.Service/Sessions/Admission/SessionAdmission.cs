using DiVLA.Control.Policy;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Service.Sessions;

/// <summary>Reads the first message of a stream and says whether a session may be opened on it. Knows nothing of other sessions.</summary>
internal sealed class SessionAdmission(PolicyBundle bundle, SessionLimits limits)
{
    private const int MaxNameLength = 64;
    private const int MaxInstructionLength = 512;
    private const int MaxReasonLength = 512;
    private const double JointToleranceRad = 0.05;
    private const uint MinLeaseMs = 20;
    private const uint MaxLeaseMs = 60_000;

    private const int MaxDifferences = 64;

    // What an encoded picture may be larger than its pixels: headers, and noise that does not compress.
    private const int EncodingOverheadBytes = 64 * 1024;

    /// <summary>Checks everything that one message can be checked for.</summary>
    /// <returns>The plan, or the reason against it.</returns>
    public SessionPlan? Check(Wire.OpenSession open, out Wire.SessionRefused? refused)
    {
        var profile = bundle.Embodiments.GetValueOrDefault(open.Embodiment);
        refused = CheckRobotId(open.RobotId)
            ?? CheckEmbodiment(open, profile)
            ?? CheckContract(open, profile!)
            ?? CheckCameras(open)
            ?? CheckLease(open.LeaseMs)
            ?? CheckState(open.State, profile!)
            ?? CheckInstruction(open.Instruction);
        return refused is null ? Plan(open, profile!) : null;
    }

    /// <summary>The contract of an arm under the policy that is served.</summary>
    public EmbodimentContract ContractOf(EmbodimentProfile profile) =>
        EmbodimentContract.From(profile, bundle.Manifest.Cameras.Select(camera => new ContractCamera(camera.Name, camera.Width, camera.Height)));

    private static Wire.SessionRefused Refuse(Wire.SessionRefusal refusal, string detail) => new() { Refusal = refusal, Detail = detail };

    private static Wire.SessionRefused? CheckRobotId(string id) =>
        id.Length is >= 1 and <= MaxNameLength && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') ? null
        : Refuse(Wire.SessionRefusal.BadRobotId, $"robot_id must be 1 to {MaxNameLength} of letters, digits, '-', '_', '.'");

    private Wire.SessionRefused? CheckEmbodiment(Wire.OpenSession open, EmbodimentProfile? profile) =>
        profile is not null ? null
        : Refuse(Wire.SessionRefusal.UnknownEmbodiment, UnknownEmbodiment(open.Embodiment));

    private string UnknownEmbodiment(string name) => bundle.RefusedEmbodiments.GetValueOrDefault(name) is { } refused
        ? Short(refused.Describe(), MaxReasonLength)
        : $"no embodiment '{Short(name)}'; the bundle has {string.Join(", ", bundle.Embodiments.Keys.Order())}";

    private Wire.SessionRefused? CheckContract(Wire.OpenSession open, EmbodimentProfile profile)
    {
        var own = ContractOf(profile);
        if (open.ContractSha256 == own.Sha256()) return null;
        var refused = Refuse(Wire.SessionRefusal.ContractMismatch, "robot and service do not mean the same; see differences");
        if (open.Contract is null)
            refused.Detail = $"contract_sha256 is '{Short(open.ContractSha256)}', expected '{own.Sha256()}'; send the contract to see which fields differ";
        else
            refused.Differences.AddRange(WireContract.ToDomain(open.Contract).DifferencesFrom(own).Take(MaxDifferences).Select(WireContract.ToWire));
        if (open.Contract is not null && refused.Differences.Count == 0)
            refused.Detail = "the fields agree but contract_sha256 is not the hash of them";
        return refused;
    }

    private Wire.SessionRefused? CheckCameras(Wire.OpenSession open)
    {
        var faults = new List<string>();
        foreach (var wanted in bundle.Manifest.Cameras)
        {
            var found = open.Cameras.Where(camera => camera.Name == wanted.Name).ToList();
            if (found.Count != 1) faults.Add($"camera '{wanted.Name}' is named {found.Count} times");
            else if (found[0].WidthPx != wanted.Width || found[0].HeightPx != wanted.Height)
                faults.Add($"camera '{wanted.Name}' has {found[0].WidthPx}x{found[0].HeightPx} pixels, expected {wanted.Width}x{wanted.Height}");
            else if (WireFrames.ToDomain(found[0].Encoding) is null) faults.Add($"camera '{wanted.Name}' has no known encoding");
            else if (found[0].Encoding == Wire.ImageEncoding.Rgb8 && RawBytes(found[0]) > limits.MaxFrameBytes) faults.Add($"camera '{wanted.Name}': its frames exceed the limit of {limits.MaxFrameBytes} bytes");
        }
        faults.AddRange(open.Cameras.Where(camera => bundle.Manifest.Cameras.All(wanted => wanted.Name != camera.Name))
            .Select(camera => $"the policy has no camera '{Short(camera.Name)}'"));
        return faults.Count == 0 ? null : Refuse(Wire.SessionRefusal.BadCameras, string.Join("; ", faults));
    }

    private static Wire.SessionRefused? CheckLease(uint leaseMs) =>
        leaseMs is 0 or (>= MinLeaseMs and <= MaxLeaseMs) ? null
        : Refuse(Wire.SessionRefusal.BadLease, $"lease_ms is {leaseMs}, expected 0 or [{MinLeaseMs}, {MaxLeaseMs}]");

    private static Wire.SessionRefused? CheckState(Wire.ArmState? state, EmbodimentProfile profile)
    {
        if (state is null) return Refuse(Wire.SessionRefusal.BadState, "state is missing: the first command must start where the arm is");
        var start = StartJoints(state);
        if (start.Count != profile.JointCount)
            return Refuse(Wire.SessionRefusal.BadState, $"state has {start.Count} joints, expected {profile.JointCount}");
        for (var joint = 0; joint < start.Count; joint++)
            if (!(start[joint] >= profile.PositionLowerRad[joint] - JointToleranceRad && start[joint] <= profile.PositionUpperRad[joint] + JointToleranceRad))
                return Refuse(Wire.SessionRefusal.BadState,
                    $"{profile.JointNames[joint]} is at {start[joint]} rad, expected [{profile.PositionLowerRad[joint]}, {profile.PositionUpperRad[joint]}]");
        return double.IsFinite(state.GripperWidthM) ? null : Refuse(Wire.SessionRefusal.BadState, "gripper_width_m is not finite");
    }

    private Wire.SessionRefused? CheckInstruction(string instruction)
    {
        if (instruction.Length > MaxInstructionLength)
            return Refuse(Wire.SessionRefusal.BadInstruction, $"the instruction has {instruction.Length} characters, expected at most {MaxInstructionLength}");
        var check = bundle.CheckInstruction(instruction);
        if (check.Outcome == InstructionOutcome.Accepted) return null;
        var refused = Refuse(Wire.SessionRefusal.BadInstruction, check.Describe());
        refused.UnknownWords.AddRange(check.UnknownWords);
        return refused;
    }

    private SessionPlan Plan(Wire.OpenSession open, EmbodimentProfile profile) => new()
    {
        RobotId = open.RobotId,
        Profile = profile,
        ContractSha256 = open.ContractSha256,
        Cameras = [.. bundle.Manifest.Cameras.Select(wanted => Camera(open.Cameras.Single(camera => camera.Name == wanted.Name)))],
        Instruction = open.Instruction,
        Lease = open.LeaseMs == 0 ? limits.DefaultLease : TimeSpan.FromMilliseconds(open.LeaseMs),
        NoiseSeed = open.NoiseSeed,
        Takeover = open.Takeover,
        ResumeSessionId = open.ResumeSessionId,
        Start = new RobotCommand(
            new JointPositions([.. StartJoints(open.State)]),
            Math.Clamp(open.State.GripperWidthM, profile.Gripper.ClosedWidthM, profile.Gripper.OpenWidthM)),
        ReportStageTimes = open.ReportStageTimes,
    };

    // The limiter continues what the arm was told, not what it has reached.
    private static Google.Protobuf.Collections.RepeatedField<double> StartJoints(Wire.ArmState state) =>
        state.CommandedJointsRad.Count > 0 ? state.CommandedJointsRad : state.JointPositionsRad;

    private SessionCamera Camera(Wire.Camera camera) =>
        new(camera.Name, (int)camera.WidthPx, (int)camera.HeightPx, WireFrames.ToDomain(camera.Encoding)!.Value, FrameLimit(camera));

    private int FrameLimit(Wire.Camera camera) =>
        Math.Min(limits.MaxFrameBytes, RawBytes(camera) + (camera.Encoding == Wire.ImageEncoding.Rgb8 ? 0 : EncodingOverheadBytes));

    private static int RawBytes(Wire.Camera camera) => (int)(camera.WidthPx * camera.HeightPx * 3);

    private static string Short(string text, int most = MaxNameLength) => text.Length <= most ? text : text[..most] + "...";
}
