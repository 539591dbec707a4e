using System.CommandLine;
using DiVLA.Control.Policy.Onnx;

namespace DiVLA.Control.Cli;

/// <summary>Where graphs run. What is asked for and missing stops the start-up; there is no silent fall-back.</summary>
internal sealed class OnnxSelection
{
    private readonly Option<ExecutionProvider> _provider = new("--provider")
    {
        Description = "Where the graphs run: cpu, cuda or tensorrt. The latter two need a build with -p:OnnxRuntime=Gpu, or --onnxruntime-dir.",
        HelpName = "PROVIDER",
        DefaultValueFactory = _ => ExecutionProvider.Cpu,
    };

    private readonly Option<int> _device = new("--cuda-device") { Description = "Which GPU.", HelpName = "N", DefaultValueFactory = _ => 0 };

    private readonly Option<bool> _cudaGraphs = new("--cuda-graphs")
    {
        Description = "With cuda: record each graph's kernels once and launch them together from then on.",
        HelpName = "true|false",
        DefaultValueFactory = _ => true,
    };

    private readonly Option<int> _memory = new("--gpu-memory-limit")
    {
        Description = "Most GPU memory that each graph may take. 0 for no limit.",
        HelpName = "MIB",
        DefaultValueFactory = _ => 0,
    };

    private readonly Option<string?> _engines = new("--tensorrt-cache") { Description = "With tensorrt: folder where built engines are kept.", HelpName = "DIR" };

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
        command.Add(_cudaGraphs);
        command.Add(_memory);
        command.Add(_engines);
        command.Add(_threads);
        command.Add(_library);
    }

    public OnnxOptions Of(ParseResult parsed) => new()
    {
        Provider = parsed.GetValue(_provider),
        CudaDevice = parsed.GetValue(_device),
        CudaGraphs = parsed.GetValue(_cudaGraphs),
        DeviceMemoryLimitMib = parsed.GetValue(_memory),
        EngineCacheDirectory = parsed.GetValue(_engines),
        IntraOpThreads = parsed.GetValue(_threads),
        NativeLibraryDirectory = parsed.GetValue(_library),
    };
}
