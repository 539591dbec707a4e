namespace DiVLA.Control.Architecture.Tests;

/// <summary>Who may know whom. The table is the design's; a new edge is a decision, taken here.</summary>
[TestFixture]
internal sealed class ReferenceRulesTests
{
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Robot"] = [],
        ["Protocol"] = [],
        ["Policy"] = ["Robot"],
        ["RealTime"] = ["Robot"],
        ["Client"] = ["Protocol", "Robot"],
        ["Simulator"] = ["Client"],
        ["Datasets"] = ["Client"],
        ["ModelBuilder"] = ["Policy"],
        ["Training"] = ["Datasets", "ModelBuilder", "RealTime", "Simulator"],
        ["Service"] = ["Policy", "RealTime", "Protocol"],
        ["Cli"] = ["Client", "Datasets", "ModelBuilder", "Policy", "Protocol", "RealTime", "Robot", "Service", "Simulator"],
    };

    [Test]
    public void EveryProject_HasARule()
    {
        Assert.That(Repository.ProductProjects, Is.EquivalentTo(Allowed.Keys));
    }

    [Test]
    public void Protocol_HoldsGeneratedCode_AndNothingElse()
    {
        Assert.That(Repository.ProductSources().Where(file => file.StartsWith("src/DiVLA.Control.Protocol/", StringComparison.Ordinal)), Is.Empty);
    }

    [TestCaseSource(nameof(Projects))]
    public void ProjectFile_References_OnlyWhatTheDesignAllows(string project)
    {
        Assert.That(Repository.ProjectReferences(project), Is.SubsetOf(Allowed[project]));
    }

    // What a project may use through others is what its allowed references reach.
    [TestCaseSource(nameof(Projects))]
    public void Assembly_Uses_OnlyWhatItsAllowedReferencesReach(string project)
    {
        using var assembly = CompiledAssembly.Open(project);
        var used = assembly.ReferencedAssemblies.Where(name => name.StartsWith("DiVLA.Control.", StringComparison.Ordinal) || name.StartsWith("divla", StringComparison.Ordinal));
        Assert.That(used, Is.SubsetOf(Reach(project).Select(name => $"DiVLA.Control.{name}")));
    }

    [Test]
    public void Reach_OfTheCommandLine_LeavesTrainingOut()
    {
        Assert.That(Reach("Cli"), Is.EquivalentTo(Allowed.Keys.Except(["Cli", "Training"])));
    }

    private static string[] Projects() => Repository.ProductProjects;

    private static HashSet<string> Reach(string project)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>(Allowed[project]);
        while (open.TryPop(out var next))
            if (reached.Add(next))
                foreach (var further in Allowed[next]) open.Push(further);
        return reached;
    }
}
