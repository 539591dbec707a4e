using System.CommandLine;
using DiVLA.Control.ModelBuilder.Costs;

namespace DiVLA.Control.Cli.Model;

/// <summary>Which GPU times are given for.</summary>
internal static class AcceleratorSelection
{
    private const string Default = "h100";

    public static Option<Accelerator> Option() => new("--gpu")
    {
        Description = $"GPU that expected times are given for: {Names}.",
        HelpName = "NAME",
        DefaultValueFactory = _ => Accelerator.Find(Default)!,
        CustomParser = result =>
        {
            if (Accelerator.Find(result.Tokens[0].Value) is { } known) return known;
            result.AddError($"--gpu: found '{result.Tokens[0].Value}', expected one of {Names}");
            return null!;
        },
    };

    private static string Names => string.Join(", ", Accelerator.Known.Select(known => known.Name));
}
