using DiVLA.Control.Policy.Bundle;

namespace DiVLA.Control.ModelBuilder.Bundles;

/// <summary>A checkpoint without faults, as what it becomes in a bundle.</summary>
internal interface IBundleContents : IDisposable
{
    /// <summary>Files and other steps that <see cref="Write"/> counts.</summary>
    int Steps { get; }

    /// <summary>Writes everything but the manifest into an empty folder.</summary>
    /// <returns>The manifest, without name, revision and files.</returns>
    /// <exception cref="ModelBuildException">Faults that show only now; all of them are listed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    PolicyManifest Write(string directory, StepCounter steps);
}
