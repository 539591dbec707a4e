using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace DiVLA.Control.Policy.Bundle.Checks;

/// <summary>Compares inputs and outputs of a graph with those expected: names, element types, shapes.</summary>
internal static class SignatureCheck
{
    /// <summary>Holds what policy.json declares to what the runtime binds.</summary>
    public static void CheckDeclared(GraphManifest declared, GraphSignature contract, string field, FaultList faults)
    {
        Compare(PolicyManifest.FileName, $"{field}.inputs", declared.Inputs.Select(Describe), contract.Inputs, faults);
        Compare(PolicyManifest.FileName, $"{field}.outputs", declared.Outputs.Select(Describe), contract.Outputs, faults);
    }

    /// <summary>Holds a loaded graph to what the runtime binds.</summary>
    public static void CheckLoaded(string file, InferenceSession session, GraphSignature contract, FaultList faults)
    {
        Compare(file, "inputs", session.InputMetadata.Select(Describe), contract.Inputs, faults);
        Compare(file, "outputs", session.OutputMetadata.Select(Describe), contract.Outputs, faults);
    }

    /// <summary>Holds a graph that is not loaded to what the runtime binds.</summary>
    public static void CheckFile(
        string file, IReadOnlyList<FileTensor> inputs, IReadOnlyList<FileTensor> outputs, GraphSignature contract, FaultList faults)
    {
        Compare(file, "inputs", inputs.Select(Describe), contract.Inputs, faults);
        Compare(file, "outputs", outputs.Select(Describe), contract.Outputs, faults);
    }

    private static void Compare(
        string file, string field, IEnumerable<TensorText> found, IReadOnlyList<TensorManifest> expected, FaultList faults)
    {
        var remaining = new Dictionary<string, TensorText>();
        foreach (var tensor in found)
            faults.Require(remaining.TryAdd(tensor.Name, tensor), file, $"{field}.{tensor.Name}", "the name twice", "each name once");
        foreach (var tensor in expected.Select(Describe))
        {
            if (!remaining.Remove(tensor.Name, out var actual))
            {
                faults.Add(file, $"{field}.{tensor.Name}", "nothing", $"{tensor.Dtype} {tensor.Shape}");
                continue;
            }
            faults.Require(actual.Dtype == tensor.Dtype, file, $"{field}.{tensor.Name}.dtype", actual.Dtype, tensor.Dtype);
            faults.Require(actual.Shape == tensor.Shape, file, $"{field}.{tensor.Name}.shape", actual.Shape, tensor.Shape);
        }
        foreach (var extra in remaining.Values)
            faults.Add(file, $"{field}.{extra.Name}", $"{extra.Dtype} {extra.Shape}", "nothing");
    }

    private static TensorText Describe(TensorManifest tensor) =>
        new(tensor.Name, PolicyManifest.NameOf(tensor.Dtype), $"[{string.Join(", ", tensor.Shape)}]");

    private static TensorText Describe(KeyValuePair<string, NodeMetadata> node) => node.Value.IsTensor
        ? new(node.Key, NameOf(node.Value.ElementDataType), $"[{string.Join(", ", node.Value.Dimensions)}]")
        : new(node.Key, node.Value.OnnxValueType.ToString(), "");

    private static TensorText Describe(FileTensor tensor) =>
        new(tensor.Name, NameOf((TensorElementType)tensor.ElementType), $"[{string.Join(", ", tensor.Shape)}]");

    private static string NameOf(TensorElementType type) => type switch
    {
        TensorElementType.Float => PolicyManifest.NameOf(TensorDtype.F32),
        TensorElementType.Float16 => PolicyManifest.NameOf(TensorDtype.F16),
        TensorElementType.BFloat16 => PolicyManifest.NameOf(TensorDtype.BF16),
        TensorElementType.Int64 => PolicyManifest.NameOf(TensorDtype.I64),
        TensorElementType.Int32 => PolicyManifest.NameOf(TensorDtype.I32),
        TensorElementType.UInt8 => PolicyManifest.NameOf(TensorDtype.U8),
        _ => type.ToString(),
    };

    private sealed record TensorText(string Name, string Dtype, string Shape);
}
