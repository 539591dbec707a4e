using DiVLA.Control.ModelBuilder.Onnx;

namespace DiVLA.Control.ModelBuilder.Bundles;

/// <summary>Weights that are brought into a bundle once its graphs have said which of them they read.</summary>
internal interface IBundleWeights : IWeightStore, IDisposable
{
    /// <summary>Files that <see cref="Write"/> makes, a step each. Known when all graphs are built.</summary>
    int Files { get; }

    /// <summary>These files. Known when all graphs are built.</summary>
    IEnumerable<PlannedFile> Planned { get; }

    /// <summary>Tensors that no graph asked for, in words.</summary>
    IEnumerable<string> FaultsOfUnread(IReadOnlySet<string> read);

    /// <summary>Writes what the graphs point to into the bundle's folder, through a buffer of fixed size.</summary>
    /// <exception cref="ModelBuildException">Numbers do not fit the type that they are converted to; all such tensors are listed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled on the way.</exception>
    void Write(string directory, StepCounter steps);
}
