using DiVLA.Control.Policy.Onnx;

namespace DiVLA.Control.Policy.Bundle.Checks;

/// <summary>Holds a bundle's precision to what the execution provider has kernels for.</summary>
internal static class PrecisionCheck
{
    /// <summary>True where the decoder can run.</summary>
    public static bool Run(TensorDtype precision, ExecutionProvider provider, FaultList faults) => provider == ExecutionProvider.Cpu
        ? faults.Require(
            precision != TensorDtype.BF16, PolicyManifest.FileName, "decoder.cache_dtype", precision, "f32: a CPU has no kernels for bf16 (build with --precision fp32, or serve with --provider cuda)")
        : faults.Require(
            precision != TensorDtype.F32, PolicyManifest.FileName, "decoder.cache_dtype", precision, "f16 or bf16: a GPU's fused attention has no f32 (build with --precision fp16, or serve with --provider cpu)");
}
