using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Onnx;

namespace DiVLA.Control.Policy.Tests.Onnx;

[TestFixture]
internal sealed class OnnxEnvironmentTests
{
    [Test]
    public void Load_CudaAskedForButMissing_StopsWithAClearMessage()
    {
        var options = new PolicyOptions { Onnx = new OnnxOptions { Provider = ExecutionProvider.Cuda } };
        Assert.That(
            () => PolicyBundle.Load(SharedBundles.Directory, options),
            Throws.TypeOf<OnnxUnavailableException>().With.Message.Contains("CUDAExecutionProvider").And.Message.Contains("CPUExecutionProvider"));
    }

    [Test]
    public void Load_AnotherNativeLibraryInTheSameProcess_IsRefused()
    {
        var options = new PolicyOptions { Onnx = new OnnxOptions { NativeLibraryDirectory = Path.GetTempPath() } };
        Assert.That(
            () => PolicyBundle.Load(SharedBundles.Directory, options),
            Throws.TypeOf<OnnxUnavailableException>().With.Message.Contains("already loaded"));
    }

    [Test]
    public void Validate_SeveralBadOptions_ReportsThemAll()
    {
        var options = new PolicyOptions
        {
            MaxObservationAge = TimeSpan.Zero,
            Onnx = new OnnxOptions { IntraOpThreads = 0, NativeLibraryDirectory = "/no/such/folder" },
            Embodiment = new EmbodimentCheckOptions { LastSampleDistanceM = 0.001, LatentMargin = 0.5 },
        };
        Assert.That(options.Validate(), Has.Count.EqualTo(5));
        Assert.That(() => PolicyBundle.Load(SharedBundles.Directory, options), Throws.ArgumentException);
    }

    [Test]
    public void Validate_Defaults_AreFine()
    {
        Assert.That(new PolicyOptions().Validate(), Is.Empty);
    }
}
