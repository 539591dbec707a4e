using DiVLA.Control.Policy.Onnx;
using DiVLA.Control.Policy.Onnx.Devices;
using DiVLA.Control.Policy.Onnx.Loading;

namespace DiVLA.Control.Policy.Tests.Onnx;

[TestFixture]
internal sealed class ProviderSettingsTests
{
    [Test]
    public void Cuda_Options_ReachTheProvider()
    {
        var settings = ProviderSettings.Cuda(new OnnxOptions { Provider = ExecutionProvider.Cuda, CudaDevice = 3, DeviceMemoryLimitMib = 2 });
        Assert.That(settings["device_id"], Is.EqualTo("3"));
        Assert.That(settings["gpu_mem_limit"], Is.EqualTo("2097152"));
        Assert.That(settings["enable_cuda_graph"], Is.EqualTo("1"));
        Assert.That(settings["use_tf32"], Is.EqualTo("0"));
    }

    [Test]
    public void Cuda_WithoutGraphsOrLimit_LeavesThemOut()
    {
        var settings = ProviderSettings.Cuda(new OnnxOptions { Provider = ExecutionProvider.Cuda, CudaGraphs = false });
        Assert.That(settings["enable_cuda_graph"], Is.EqualTo("0"));
        Assert.That(settings, Does.Not.ContainKey("gpu_mem_limit"));
    }

    [Test]
    public void TensorRt_KernelsAreNotRecorded_AndEnginesAreKeptWhereToldTo()
    {
        var options = new OnnxOptions { Provider = ExecutionProvider.TensorRt, EngineCacheDirectory = "/engines" };
        Assert.That(ProviderSettings.RecordsKernels(options), Is.False);
        Assert.That(ProviderSettings.TensorRt(options)["trt_engine_cache_path"], Is.EqualTo("/engines"));
        Assert.That(ProviderSettings.TensorRt(options with { EngineCacheDirectory = null }), Does.Not.ContainKey("trt_engine_cache_enable"));
    }

    [Test]
    public void Faults_NoDriver_NamesItsLibrary()
    {
        if (System.Runtime.InteropServices.NativeLibrary.TryLoad("libcuda.so.1", out _)) Assert.Ignore("This machine has NVIDIA's driver.");
        Assert.That(CudaDriver.Faults(0), Has.Exactly(1).Contains(OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1"));
    }

    [Test]
    public void Validate_OptionsThatTheProviderDoesNotRead_ReportsThem()
    {
        var cpu = new OnnxOptions { CudaDevice = 1, DeviceMemoryLimitMib = 5, EngineCacheDirectory = Path.GetTempPath() };
        Assert.That(cpu.Validate(), Has.Count.EqualTo(3).And.All.Contains("with Provider Cpu"));
        Assert.That((cpu with { Provider = ExecutionProvider.TensorRt }).Validate(), Is.Empty);
        Assert.That((cpu with { Provider = ExecutionProvider.TensorRt, EngineCacheDirectory = "/no/such" }).Validate(), Has.Exactly(1).Contains("EngineCacheDirectory"));
        Assert.That(new OnnxOptions { Provider = ExecutionProvider.Cuda, CudaDevice = -1, DeviceMemoryLimitMib = -1 }.Validate(), Has.Count.EqualTo(2));
        Assert.That(cpu.OnHost().Validate(), Is.Empty);
    }
}
