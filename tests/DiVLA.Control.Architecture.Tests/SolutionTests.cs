using System.Text.RegularExpressions;

namespace DiVLA.Control.Architecture.Tests;

/// <summary>The solution holds every project, and every product project has its tests.</summary>
[TestFixture]
internal sealed partial class SolutionTests
{
    // Protocol is generated code and nothing else; the command line is tested end to end.
    private static readonly string[] TestedElsewhere = ["Protocol", "Cli"];

    [Test]
    public void Solution_Lists_EveryProject()
    {
        var listed = ProjectPath().Matches(Repository.ReadText("DiVLA.Control.sln")).Select(match => match.Value.Replace('\\', '/'));
        var found = new[] { "src", "tests" }
            .SelectMany(folder => Directory.EnumerateFiles(Repository.PathOf(folder), "*.csproj", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(Repository.Root, file).Replace('\\', '/'));
        Assert.That(listed, Is.EquivalentTo(found));
    }

    [Test]
    public void ProductProject_Has_ATestProject()
    {
        var missing = Repository.ProductProjects.Except(TestedElsewhere)
            .Where(project => !File.Exists(Repository.PathOf($"tests/DiVLA.Control.{project}.Tests/DiVLA.Control.{project}.Tests.csproj")));
        Assert.That(missing, Is.Empty);
    }

    [Test]
    public void PackageVersions_AreGiven_CentrallyOnly()
    {
        var own = Directory.EnumerateFiles(Repository.Root, "*.csproj", SearchOption.AllDirectories)
            .Where(file => PackageWithVersion().IsMatch(File.ReadAllText(file)))
            .Select(Path.GetFileName);
        Assert.That(own, Is.Empty);
    }

    [GeneratedRegex(@"(src|tests)[\\/][^""]+\.csproj")]
    private static partial Regex ProjectPath();

    [GeneratedRegex("<PackageReference[^>]*\\sVersion(Override)?=")]
    private static partial Regex PackageWithVersion();
}
