namespace DiVLA.Control.Policy.Bundle;

/// <summary>One thing that is wrong with a bundle.</summary>
/// <param name="File">Path in the bundle, with forward slashes.</param>
/// <param name="Field">Which part of the file, as in `cameras[1].width` or `outputs.latent.shape`.</param>
/// <param name="Found">What is there.</param>
/// <param name="Expected">What should be there.</param>
public sealed record BundleFault(string File, string Field, string Found, string Expected)
{
    /// <inheritdoc/>
    public override string ToString() => $"{File}: {Field}: found {Found}, expected {Expected}";
}

/// <summary>A bundle that must not be served, with all its faults.</summary>
public sealed class BundleRejectedException : Exception
{
    /// <summary>Takes the bundle's folder and at least one fault.</summary>
    public BundleRejectedException(string directory, IReadOnlyList<BundleFault> faults)
        : base($"The bundle in '{directory}' has {faults.Count} fault(s):{string.Concat(faults.Select(fault => $"\n  {fault}"))}") =>
        Faults = faults;

    /// <summary>All faults that were found.</summary>
    public IReadOnlyList<BundleFault> Faults { get; }
}
