using System.CommandLine;
using DiVLA.Control.Policy.Onnx;

namespace DiVLA.Control.Cli;

/// <summary>Where graphs run. What is asked for and missing stops the start-up; there is no silent fall-back.</summary>
internal sealed class OnnxSelection
{
    private readonly Option<ExecutionProvider> _provider = new("--provider")
    {
        Description = "Where the graphs run. Cuda needs a build with -p:OnnxRuntime=Gpu, or --onnxruntime-dir.",
        DefaultValueFactory = _ => ExecutionProvider.Cpu,
    };

    private readonly Option<int> _device = new("--cuda-device") { Description = "Which GPU.", HelpName = "N", DefaultValueFactory = _ => 0 };

    private readonly Option<int> _threads = new("--threads")
    {
        Description = "Threads within one operator. 1 is fastest for small graphs.",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    };

    private readonly Option<string?> _library = new("--onnxruntime-dir")
    {
        Description = "Folder of a native ONNX Runtime library to use instead of the one that was restored.",
        HelpName = "DIR",
    };

    public void AddTo(Command command)
    {
        command.Add(_provider);
        command.Add(_device);
        command.Add(_threads);
        command.Add(_library);
    }

    public OnnxOptions Of(ParseResult parsed) => new()
    {
        Provider = parsed.GetValue(_provider),
        CudaDevice = parsed.GetValue(_device),
        IntraOpThreads = parsed.GetValue(_threads),
        NativeLibraryDirectory = parsed.GetValue(_library),
    };
}
