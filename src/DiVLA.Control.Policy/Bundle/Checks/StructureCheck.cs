using DiVLA.Control.Policy.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace DiVLA.Control.Policy.Bundle.Checks;

/// <summary>Checks a graph without running it: its signature by the file, its operators, types and shapes by ONNX Runtime.</summary>
/// <remarks>ONNX Runtime resolves all types before it looks for kernels. That it then has none for bf16 on the CPU says nothing against the graph.</remarks>
internal static class StructureCheck
{
    private const string HasNoKernel = "[ErrorCode:NotImplemented]";

    public static void Run(string file, string path, GraphSignature contract, FaultList faults)
    {
        var (inputs, outputs) = GraphFileSignature.Read(File.ReadAllBytes(path));
        SignatureCheck.CheckFile(file, inputs, outputs, contract, faults);
        try
        {
            OnnxGraph.Resolve(path);
        }
        catch (OnnxRuntimeException error) when (error.Message.StartsWith(HasNoKernel, StringComparison.Ordinal))
        {
            return;
        }
        catch (OnnxRuntimeException error)
        {
            faults.Add(file, "graph", error.Message, "a graph whose operators, types and shapes agree");
        }
    }
}
