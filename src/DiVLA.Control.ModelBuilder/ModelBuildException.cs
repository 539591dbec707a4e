namespace DiVLA.Control.ModelBuilder;

/// <summary>A checkpoint cannot be built into a bundle, or a URDF into a profile. Lists everything that is wrong.</summary>
public sealed class ModelBuildException(IReadOnlyList<string> faults)
    : Exception(string.Join(Environment.NewLine, faults))
{
    /// <summary>What is wrong: file, tensor or field, found and expected.</summary>
    public IReadOnlyList<string> Faults { get; } = faults;
}
