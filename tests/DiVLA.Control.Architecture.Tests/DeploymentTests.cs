using System.Text.RegularExpressions;

namespace DiVLA.Control.Architecture.Tests;

/// <summary>Container files name paths of this repository; no engine runs here to say which of them are not there.</summary>
[TestFixture]
internal sealed partial class DeploymentTests
{
    private static string[] ContainerFiles() => ["deploy/cpu.Dockerfile", "deploy/cuda.Dockerfile"];

    [Test]
    public void Compose_Builds_TheContainerFilesThatAreThere()
    {
        var named = ComposeBuild().Matches(Repository.ReadText("docker-compose.yml")).Select(match => match.Groups[1].Value).Distinct();
        Assert.That(named, Is.EquivalentTo(ContainerFiles()));
        foreach (var file in ContainerFiles()) Assert.That(Repository.PathOf(file), Does.Exist);
    }

    [Test]
    public void Compose_Mounts_FoldersThatAreThere()
    {
        var mounts = ComposeMount().Matches(Repository.ReadText("docker-compose.yml")).Select(match => match.Groups[1].Value).ToArray();
        Assert.That(mounts, Is.Not.Empty);
        foreach (var mount in mounts) Assert.That(Repository.PathOf(mount), Does.Exist);
    }

    [Test]
    public void Compose_Serves_ABundleThatIsThere()
    {
        var bundles = ComposeBundle().Matches(Repository.ReadText("docker-compose.yml")).Select(match => match.Groups[1].Value).ToArray();
        Assert.That(bundles, Is.Not.Empty);
        foreach (var bundle in bundles) Assert.That(Repository.PathOf($"{bundle}/policy.json"), Does.Exist);
    }

    [TestCaseSource(nameof(ContainerFiles))]
    public void ContainerFile_CopiesAndPublishes_WhatIsThere(string file)
    {
        var text = Repository.ReadText(file);
        var copied = Copied().Matches(text).Select(match => match.Groups[1].Value).ToArray();
        var published = Published().Matches(text).Select(match => match.Groups[1].Value).ToArray();
        Assert.That(published, Has.Length.EqualTo(1));
        Assert.That(copied, Has.Member("models"));
        foreach (var path in copied.Concat(published)) Assert.That(Repository.PathOf(path), Does.Exist);
    }

    // Everything is kept from the engine but what is named: a build needs these.
    [TestCase("src")]
    [TestCase("protos")]
    [TestCase("models")]
    [TestCase("LICENSE")]
    [TestCase("global.json")]
    [TestCase("Directory.Build.props")]
    [TestCase("Directory.Packages.props")]
    public void DockerIgnore_LetsIn_WhatABuildNeeds(string path)
    {
        Assert.That(Repository.PathOf(path), Does.Exist);
        Assert.That(File.ReadAllLines(Repository.PathOf(".dockerignore")), Has.Member($"!{path}"));
    }

    // The command's own name is what the container starts.
    [TestCaseSource(nameof(ContainerFiles))]
    public void ContainerFile_Starts_TheCommandLine(string file)
    {
        var assembly = Repository.ProjectFile("Cli").Descendants("AssemblyName").Single().Value;
        Assert.That(Repository.ReadText(file), Does.Contain($"ENTRYPOINT [\"dotnet\", \"{assembly}.dll\"]"));
    }

    [GeneratedRegex(@"dockerfile: (\S+)")]
    private static partial Regex ComposeBuild();

    [GeneratedRegex(@"- \./(\S+?):")]
    private static partial Regex ComposeMount();

    [GeneratedRegex("\"--bundle\", \"/app/([^\"]+)\"")]
    private static partial Regex ComposeBundle();

    [GeneratedRegex(@"^COPY (?!--from)(\S+) ", RegexOptions.Multiline)]
    private static partial Regex Copied();

    [GeneratedRegex(@"dotnet publish (\S+)")]
    private static partial Regex Published();
}
