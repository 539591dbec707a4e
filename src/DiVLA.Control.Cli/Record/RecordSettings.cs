using DiVLA.Control.Datasets.Recording;
using DiVLA.Control.Policy.Onnx;
using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.Tasks;

namespace DiVLA.Control.Cli.Record;

/// <summary>What a recording was asked to be.</summary>
/// <param name="Directory">Folder of the dataset.</param>
/// <param name="Bundle">Folder of the bundle.</param>
/// <param name="Arm">Which arm is simulated.</param>
/// <param name="Episodes">Episodes to play.</param>
/// <param name="Families">Kinds of instruction, in turn.</param>
/// <param name="Tasks">What the bundle's policy was trained for.</param>
/// <param name="Seed">Seed of the first scene; the next ones count up.</param>
/// <param name="Fps">Rows a second.</param>
/// <param name="Cameras">How pictures are kept.</param>
/// <param name="SuccessesOnly">True to keep no other episodes.</param>
/// <param name="Onnx">Where graphs run.</param>
internal sealed record RecordSettings(
    string Directory,
    string Bundle,
    EmbodimentProfile Arm,
    int Episodes,
    IReadOnlyList<TaskFamily> Families,
    TaskScope Tasks,
    ulong Seed,
    int Fps,
    CameraStorage Cameras,
    bool SuccessesOnly,
    OnnxOptions Onnx)
{
    /// <summary>The episodes. Training seeds: what is recorded is for training, and evaluation must stay unseen.</summary>
    public IEnumerable<Episode> Draw()
    {
        for (var i = 0; i < Episodes; i++) yield return EpisodeSampler.Sample(SeedSplit.Training, Seed + (ulong)i, Families[i % Families.Count], Tasks);
    }
}
