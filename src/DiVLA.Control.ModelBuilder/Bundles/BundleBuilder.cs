using DiVLA.Control.ModelBuilder.Bundles.Magnitudes;
using DiVLA.Control.ModelBuilder.Checkpoints;
using DiVLA.Control.ModelBuilder.Checkpoints.Published;
using DiVLA.Control.ModelBuilder.Costs;
using DiVLA.Control.Policy;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Onnx;

namespace DiVLA.Control.ModelBuilder.Bundles;

/// <summary>Turns a checkpoint into a bundle: graphs that point into its weights, and the manifest.</summary>
public static class BundleBuilder
{
    // Manifest, verification.
    private const int OwnSteps = 2;

    /// <summary>Builds a bundle beside its destination, verifies it there and swaps it in when it is complete.</summary>
    /// <remarks>
    /// A bundle that is already there stays untouched and whole until then, and for good where the build fails or is cancelled. Its README.md is kept, and so
    /// are arms that were added to it: they are verified with the new policy, which must speak the latent that they were trained for.
    /// </remarks>
    /// <exception cref="ModelBuildException">The checkpoint has faults, or the bundle made from it does, or an added arm does not fit it; all of them are listed.</exception>
    /// <exception cref="IOException">The bundle cannot be written.</exception>
    /// <exception cref="OnnxUnavailableException">The native library or the execution provider asked for is missing.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; nothing of the new bundle is left.</exception>
    public static BuiltBundle Build(BuildRequest request, IProgress<BuildProgress>? progress = null, CancellationToken cancellation = default)
    {
        DirectorySwap.RequireReplaceable(request.BundleDirectory);
        // Before gigabytes are written for a device that is not there, and before the probe would settle for another library.
        if (request.Verification == BundleVerification.Run) request.Onnx.Require();
        using var contents = Open(request);
        using var swap = new DirectorySwap(request.BundleDirectory);
        var steps = new StepCounter(progress, contents.Steps + OwnSteps, cancellation);
        var manifest = Compose(request, contents.Write(swap.NewDirectory, steps), swap.NewDirectory, steps);
        AddedArms.Carry(request.BundleDirectory, swap.NewDirectory, manifest, steps);

        steps.Next("verification");
        var verification = VerificationOf(request, manifest);
        // First: what leaves fp16 would only be called not finite there.
        var magnitudes = verification == BundleVerification.Run && manifest.Precision == TensorDtype.F16
            ? MagnitudeProbe.Run(swap.NewDirectory, manifest, cancellation)
            : [];
        Verify(swap.NewDirectory, verification, request.Onnx, cancellation);
        cancellation.ThrowIfCancellationRequested();
        swap.Commit();
        return new BuiltBundle(manifest, verification, magnitudes);
    }

    /// <summary>Says what a build would write and what its result would take. Reads the checkpoint, writes nothing.</summary>
    /// <param name="request">What to build.</param>
    /// <param name="accelerator">What times are given for.</param>
    /// <exception cref="ModelBuildException">The checkpoint has faults; all of them are listed.</exception>
    public static BuildPlan Plan(BuildRequest request, Accelerator accelerator)
    {
        using var contents = Open(request);
        return contents.Plan(accelerator);
    }

    private static IBundleContents Open(BuildRequest request)
    {
        if (request.Shape is { } shape) return ShapeBundle.Open(shape, request.Published);
        if (!Directory.Exists(request.CheckpointDirectory)) throw new ModelBuildException([$"{request.CheckpointDirectory}: there is no such folder."]);
        if (PublishedConfig.IsPublished(request.CheckpointDirectory)) return PublishedBundle.Open(request.CheckpointDirectory, request.Published);
        string[] given = [.. request.Published.Given()];
        return given.Length == 0
            ? new TrainedBundle(Checkpoint.Open(request.CheckpointDirectory))
            : throw new ModelBuildException([$"{request.CheckpointDirectory}: is no published checkpoint: {string.Join(", ", given)} cannot be given for it."]);
    }

    private static PolicyManifest Compose(BuildRequest request, PolicyManifest contents, string directory, StepCounter steps)
    {
        steps.Next(PolicyManifest.FileName, BundleFiles.TotalBytes(directory));
        var unsealed = contents with
        {
            Name = request.Name ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(request.BundleDirectory))),
            License = request.License ?? contents.License,
            Files = BundleFiles.Describe(directory, steps),
        };
        var manifest = unsealed with { Revision = unsealed.ComputeRevision() };
        File.WriteAllText(Path.Combine(directory, PolicyManifest.FileName), manifest.ToJson());
        return manifest;
    }

    // The CPU has no kernels for bf16.
    private static BundleVerification VerificationOf(BuildRequest request, PolicyManifest manifest) =>
        manifest.Precision == TensorDtype.BF16 && request.Onnx.Provider == ExecutionProvider.Cpu ? BundleVerification.Structure : request.Verification;

    private static void Verify(string directory, BundleVerification verification, OnnxOptions onnx, CancellationToken cancellation)
    {
        var faults = verification == BundleVerification.Run
            ? PolicyBundle.Verify(directory, new PolicyOptions { Onnx = onnx }, cancellation)
            : PolicyBundle.VerifyStructure(directory, onnx.NativeLibraryDirectory, cancellation);
        if (faults.Count > 0) throw new ModelBuildException([.. faults.Select(fault => $"built bundle: {fault}")]);
    }
}
