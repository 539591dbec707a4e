using System.Text.RegularExpressions;
using DiVLA.Control.Cli;
using DiVLA.Control.Datasets.Reading;
using DiVLA.Control.TestSupport;

namespace DiVLA.Control.EndToEnd.Tests.Record;

/// <summary>`divla record`, over the real service and in real time.</summary>
[TestFixture]
internal sealed partial class RecordTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("divla-record-").FullName;
    private Divla _record = null!;

    private string Dataset { get; set; } = "";

    [OneTimeSetUp]
    public async Task RunOnce()
    {
        // A machine so busy that a session is lost loses an episode, and says so by its exit code.
        for (var attempt = 0; attempt == 0 || (_record.ExitCode == ExitCode.Failed && attempt < 5); attempt++)
        {
            Dataset = Path.Combine(_folder, $"dataset-{attempt}");
            _record = await Divla.RunAsync("record", Dataset, "--episodes", "1", "--family", "direct", "--seed", "3", "--json", "--bundle", RandomBundle.Directory);
        }
    }

    [OneTimeTearDown]
    public void Delete() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Record_AnEpisode_EndsWell() => Assert.That(_record.ExitCode, Is.EqualTo(ExitCode.Success), _record.Error);

    [Test]
    public void Dataset_Opens_WithWhatTheSummarySays()
    {
        var dataset = LeRobotDataset.Open(Dataset);
        Assert.Multiple(() =>
        {
            Assert.That(dataset.Episodes, Has.Count.EqualTo(1));
            Assert.That(dataset.Rows, Is.EqualTo(_record.LastJson.GetProperty("rows").GetInt64()));
            Assert.That(dataset.Info.Fps, Is.EqualTo(82));
            Assert.That(dataset.Info.RobotType, Is.EqualTo("panda"));
            Assert.That(dataset.Tasks, Is.All.StartsWith("put"));
        });
    }

    [Test]
    public void Fields_OfTheSummary_AreThoseOfTheManual()
    {
        var manual = File.ReadAllText(Path.Combine(Checkout.Root, "docs", "command-line.md"));
        var section = manual[manual.IndexOf("## `record --json`", StringComparison.Ordinal)..];
        var documented = FieldRow().Matches(section).SelectMany(row => FieldName().Matches(row.Groups[1].Value)).Select(name => name.Groups[1].Value);
        Assert.That(_record.LastJson.EnumerateObject().Select(field => field.Name), Is.EquivalentTo(documented));
    }

    [Test]
    public async Task Record_IntoAFolderOfOtherThings_IsUnavailable()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "other")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "notes.txt"), "mine");
        var refused = await Divla.RunAsync("record", folder, "--bundle", RandomBundle.Directory);
        Assert.That(refused.ExitCode, Is.EqualTo(ExitCode.Unavailable));
        Assert.That(refused.Error, Does.Contain("something else than a dataset"));
    }

    [Test]
    public async Task Record_AtAnotherRateIntoADataset_IsRefusedBeforeItRuns()
    {
        var refused = await Divla.RunAsync("record", Dataset, "--fps", "30", "--bundle", RandomBundle.Directory);
        Assert.That(refused.ExitCode, Is.EqualTo(ExitCode.Failed));
        Assert.That(refused.Error, Does.Contain("fps: found 82, but 30 is to be recorded"));
    }

    [GeneratedRegex(@"^\| (`[^|]*) \|", RegexOptions.Multiline)]
    private static partial Regex FieldRow();

    [GeneratedRegex("`([a-z0-9_]+)`")]
    private static partial Regex FieldName();
}
