using DiVLA.Control.Policy.Onnx;

namespace DiVLA.Control.Policy.Bundle.Checks;

/// <summary>Holds a bundle's precision to what the execution provider has kernels for.</summary>
internal static class PrecisionCheck
{
    /// <summary>True where the graphs can run; no provider runs none of them.</summary>
    public static bool Run(TensorDtype precision, ExecutionProvider? provider, FaultList faults) => provider switch
    {
        null => true,
        ExecutionProvider.Cpu => Require(precision != TensorDtype.BF16, precision, "f32 or f16: ONNX Runtime has no kernels for bf16 on the CPU", faults),
        _ => Require(precision != TensorDtype.F32, precision, "f16 or bf16: a GPU's fused attention has no f32; build with --precision fp16", faults),
    };

    private static bool Require(bool condition, TensorDtype precision, string expected, FaultList faults) =>
        faults.Require(condition, PolicyManifest.FileName, "precision", PolicyManifest.NameOf(precision), expected);
}
