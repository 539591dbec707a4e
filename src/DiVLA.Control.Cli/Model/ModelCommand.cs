using System.CommandLine;

namespace DiVLA.Control.Cli.Model;

/// <summary>`divla model`: what is served.</summary>
internal static class ModelCommand
{
    public static Command Create(Terminal terminal) => new("model", "Build, verify and inspect policy bundles.")
    {
        ModelBuildCommand.Create(terminal),
        ModelVerifyCommand.Create(terminal),
        ModelInspectCommand.Create(terminal),
        ModelConvertStatisticsCommand.Create(terminal),
    };

    /// <summary>A bundle's folder; the default bundle where none is named.</summary>
    public static Argument<DirectoryInfo?> Bundle() => new("bundle")
    {
        Description = $"Folder of the bundle. Default: {BundleLocation.Default}.",
        Arity = ArgumentArity.ZeroOrOne,
    };
}
