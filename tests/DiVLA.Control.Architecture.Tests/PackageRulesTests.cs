using System.Text.Json;

namespace DiVLA.Control.Architecture.Tests;

/// <summary>Which foreign code a layer must stay free of.</summary>
[TestFixture]
internal sealed class PackageRulesTests
{
    private static readonly string[] Wire = ["Grpc.", "Google.Protobuf"];
    private static readonly string[] Host = ["Microsoft.AspNetCore", "Microsoft.Extensions.Hosting", "Serilog"];
    private static readonly string[] Model = ["Microsoft.ML."];
    private static readonly string[] Torch = ["TorchSharp", "libtorch"];
    private static readonly string[] Tables = ["ParquetSharp", "Apache.Arrow"];
    private static readonly string[] Terminal = ["Spectre.Console", "System.CommandLine"];

    private static readonly Dictionary<string, string[]> Forbidden = new(StringComparer.Ordinal)
    {
        ["Robot"] = [.. Wire, .. Host, .. Model, .. Torch, .. Terminal, "SkiaSharp"],
        ["RealTime"] = [.. Wire, .. Host, .. Model, .. Torch, .. Terminal, "SkiaSharp"],
        ["Policy"] = [.. Wire, .. Host, .. Torch, .. Terminal],
        ["Protocol"] = [.. Host, .. Model, .. Torch, .. Terminal],
        ["Client"] = [.. Host, .. Model, .. Torch, .. Terminal, "SkiaSharp"],
        ["Simulator"] = [.. Host, .. Model, .. Torch, .. Terminal],
        // Builds ONNX files, which are protobuf messages, but speaks to nobody: Grpc.Tools only compiles them.
        ["ModelBuilder"] = ["Grpc.Net", "Grpc.Core", "Grpc.AspNetCore", .. Host, .. Torch, .. Terminal],
        ["Datasets"] = [.. Host, .. Model, .. Torch, .. Terminal],
        ["Service"] = [.. Torch, .. Terminal, .. Tables],
        ["Training"] = [.. Host, "Grpc.AspNetCore"],
        ["Cli"] = [.. Torch],
    };

    [TestCaseSource(nameof(Projects))]
    public void ProjectFile_AsksFor_NoForbiddenPackage(string project)
    {
        Assert.That(Repository.PackageReferences(project).Where(name => IsForbidden(project, name)), Is.Empty);
    }

    [TestCaseSource(nameof(Projects))]
    public void Assembly_Uses_NoForbiddenPackage(string project)
    {
        using var assembly = CompiledAssembly.Open(project);
        Assert.That(assembly.ReferencedAssemblies.Where(name => IsForbidden(project, name)), Is.Empty);
    }

    // This test project references the command line and nothing else, so its own dependencies are the command line's.
    [Test]
    public void CommandLine_RestoresAndRuns_WithoutLibtorch()
    {
        var path = Path.Combine(AppContext.BaseDirectory, "DiVLA.Control.Architecture.Tests.deps.json");
        using var dependencies = JsonDocument.Parse(File.ReadAllText(path));
        var names = dependencies.RootElement.GetProperty("libraries").EnumerateObject().Select(library => library.Name).ToArray();
        Assert.That(names.Where(name => Starts(name, "DiVLA.Control.Service/")), Is.Not.Empty, "the command line's dependencies are in the file");
        Assert.That(names.Where(name => Torch.Any(torch => Starts(name, torch))), Is.Empty);
    }

    private static string[] Projects() => Repository.ProductProjects;

    private static bool IsForbidden(string project, string name) => Forbidden[project].Any(prefix => Starts(name, prefix));

    private static bool Starts(string name, string prefix) => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase);
}
