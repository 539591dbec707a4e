using System.Text.RegularExpressions;

namespace DiVLA.Control.Architecture.Tests;

/// <summary>Rules of style that a compiler does not hold.</summary>
[TestFixture]
internal sealed partial class CodeRulesTests
{
    // Clocks that a test cannot turn, and waits that a test would have to sit through.
    private static readonly string[] UninjectedTime =
    [
        "System.DateTime.get_Now(", "System.DateTime.get_UtcNow(", "System.DateTime.get_Today(",
        "System.DateTimeOffset.get_Now(", "System.DateTimeOffset.get_UtcNow(",
        "System.Diagnostics.Stopwatch.", "System.Threading.Thread.Sleep(",
        "System.Environment.get_TickCount",
    ];

    // Written by a generator that does not seal the clients it makes.
    private static string[] HandWritten() => [.. Repository.ProductProjects.Except(["Protocol"])];

    [TestCaseSource(nameof(HandWritten))]
    public void Class_IsNotAbstract_IsSealed(string project)
    {
        using var assembly = CompiledAssembly.Open(project);
        Assert.That(assembly.OpenClasses, Is.Empty);
    }

    [TestCaseSource(nameof(HandWritten))]
    public void Time_ComesFrom_TimeProvider(string project)
    {
        using var assembly = CompiledAssembly.Open(project);
        var own = assembly.UsedMembers.Where(IsUninjectedTime).ToArray();
        Assert.That(own, Is.Empty);
    }

    [TestCase("System.DateTime.get_Now()", ExpectedResult = true)]
    [TestCase("System.Threading.Tasks.Task.Delay(System.TimeSpan)", ExpectedResult = true)]
    [TestCase("System.Threading.Tasks.Task.Delay(Int32,System.Threading.CancellationToken)", ExpectedResult = true)]
    [TestCase("System.Threading.Tasks.Task.Delay(System.TimeSpan,System.TimeProvider,System.Threading.CancellationToken)", ExpectedResult = false)]
    [TestCase("System.TimeProvider.GetTimestamp()", ExpectedResult = false)]
    public bool UninjectedTime_IsRecognised(string member) => IsUninjectedTime(member);

    [Test]
    public void Sources_HoldNo_ConditionalRegionsOrPromises()
    {
        var offences =
            from file in Repository.ProductSources()
            from line in File.ReadAllLines(Repository.PathOf(file)).Index()
            where Unfinished().IsMatch(line.Item)
            select $"{file}:{line.Index + 1}: {line.Item.Trim()}";
        Assert.That(offences, Is.Empty);
    }

    [Test]
    public void Sources_Are_FoundAtAll()
    {
        Assert.That(Repository.ProductSources().Count(), Is.GreaterThan(30));
    }

    private static bool IsUninjectedTime(string member) =>
        UninjectedTime.Any(prefix => member.StartsWith(prefix, StringComparison.Ordinal))
        || (member.StartsWith("System.Threading.Tasks.Task.Delay(", StringComparison.Ordinal)
            && !member.Contains("System.TimeProvider", StringComparison.Ordinal));

    [GeneratedRegex(@"^\s*#(if|region)\b|\b(TODO|FIXME|HACK|XXX)\b|NotImplementedException")]
    private static partial Regex Unfinished();
}
