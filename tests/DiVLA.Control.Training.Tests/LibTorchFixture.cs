using DiVLA.Control.Training.Native;

namespace DiVLA.Control.Training.Tests;

/// <summary>Loads libtorch once, before the first test, on one thread: the same sums in the same order every time.</summary>
[SetUpFixture]
internal sealed class LibTorchFixture
{
    [OneTimeSetUp]
    public void Load()
    {
        LibTorchLoader.Load();
        TorchSharp.torch.set_num_threads(1);
    }
}
