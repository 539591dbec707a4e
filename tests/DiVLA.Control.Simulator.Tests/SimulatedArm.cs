using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.Arm;

namespace DiVLA.Control.Simulator.Tests;

/// <summary>The Panda with a mapping that no test of the simulator uses.</summary>
internal static class SimulatedArm
{
    public static EmbodimentProfile Profile { get; } = PandaProfile.Create(new EmbodimentMapping
    {
        Kind = EmbodimentMappingKind.Mlp,
        Hidden = 256,
        DisplacementRmsRad = new double[16],
        TrainedLowerRad = new double[7],
        TrainedUpperRad = new double[7],
        TrainedLatentMax = new double[7],
        FirstSampleError = new ToolError(0, 0),
        LastSampleError = new ToolError(0, 0),
        ProbePoses = [],
    });
}
