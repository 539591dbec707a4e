using DiVLA.Control.Protocol.V1;
using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.Arm;
using Camera = DiVLA.Control.Simulator.Cameras.Camera;
using Contract = DiVLA.Control.Robot.EmbodimentContract;

namespace DiVLA.Control.Simulator.Robot;

/// <summary>What the simulated arm knows of itself. It is not read from a bundle, so a bundle for another arm is refused by its contract.</summary>
public static class SimulatedPanda
{
    /// <summary>The arm. How a policy's latents become joints is the service's business: the mapping is empty.</summary>
    public static EmbodimentProfile Profile { get; } = PandaProfile.Create(new EmbodimentMapping
    {
        Kind = EmbodimentMappingKind.Mlp,
        Hidden = 0,
        DisplacementRmsRad = [],
        TrainedLowerRad = [],
        TrainedUpperRad = [],
        TrainedLatentMax = [],
        FirstSampleError = new ToolError(0, 0),
        LastSampleError = new ToolError(0, 0),
        ProbePoses = [],
    });

    /// <summary>Arm and cameras as the service must know them.</summary>
    public static Contract Contract { get; } = Contract.From(
        Profile,
        [new ContractCamera("front", Camera.Size, Camera.Size), new ContractCamera("wrist", Camera.Size, Camera.Size)]);

    /// <summary>Pictures of both cameras leave as they are drawn.</summary>
    public static IReadOnlyList<ImageEncoding> Encodings { get; } = [ImageEncoding.Rgb8, ImageEncoding.Rgb8];
}
