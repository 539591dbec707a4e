using DiVLA.Control.Protocol.V1;
using DiVLA.Control.Robot;
using Camera = DiVLA.Control.Simulator.Cameras.Camera;
using Contract = DiVLA.Control.Robot.EmbodimentContract;

namespace DiVLA.Control.Simulator.Robot;

/// <summary>The two cameras that every simulated arm has, and what arm and cameras are to the service.</summary>
public static class SimulatedCameras
{
    /// <summary>In the policy's order.</summary>
    public static IReadOnlyList<ContractCamera> All { get; } = [new("front", Camera.Size, Camera.Size), new("wrist", Camera.Size, Camera.Size)];

    /// <summary>Pictures of both cameras leave as they are drawn.</summary>
    public static IReadOnlyList<ImageEncoding> Encodings { get; } = [ImageEncoding.Rgb8, ImageEncoding.Rgb8];

    /// <summary>Arm and cameras as the service must know them. Not read from a bundle, so that a bundle for another arm is refused by its contract.</summary>
    public static Contract ContractOf(EmbodimentProfile arm) => Contract.From(arm, All);
}
