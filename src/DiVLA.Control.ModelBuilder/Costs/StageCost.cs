using DiVLA.Control.Policy;

namespace DiVLA.Control.ModelBuilder.Costs;

/// <summary>What one stage takes in one run at least.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="Flops">Operations of its products; a multiplication and its addition are two.</param>
/// <param name="BytesMoved">Weights, inputs and outputs of every node, each moved once. Unit: bytes.</param>
/// <param name="PeakActivationBytes">What its graph computes and must keep at once. Unit: bytes.</param>
/// <param name="RooflineMs">Time by the accelerator's figures, node by node. Unit: ms.</param>
/// <param name="ExpectedMs">Time of a good implementation. Unit: ms.</param>
public sealed record StageCost(PolicyStage Stage, long Flops, long BytesMoved, long PeakActivationBytes, double RooflineMs, double ExpectedMs);
