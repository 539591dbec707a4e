using DiVLA.Control.ModelBuilder.Costs;
using DiVLA.Control.Policy.Bundle;

namespace DiVLA.Control.ModelBuilder.Bundles;

/// <summary>A checkpoint without faults, as what it becomes in a bundle.</summary>
internal interface IBundleContents : IDisposable
{
    /// <summary>Files and other steps that <see cref="Write"/> counts.</summary>
    int Steps { get; }

    /// <summary>What <see cref="Write"/> would leave, and what that would take.</summary>
    /// <param name="accelerator">What times are given for.</param>
    /// <exception cref="ModelBuildException">Faults that show only now; all of them are listed.</exception>
    BuildPlan Plan(Accelerator accelerator);

    /// <summary>Writes everything but the manifest into an empty folder.</summary>
    /// <returns>The manifest, without name, revision and files.</returns>
    /// <exception cref="ModelBuildException">Faults that show only now; all of them are listed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    PolicyManifest Write(string directory, StepCounter steps);
}
