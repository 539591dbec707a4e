using DiVLA.Control.ModelBuilder.Statistics;

namespace DiVLA.Control.ModelBuilder.Tests.Statistics;

public sealed class DatasetStatisticsTests
{
    private const string Good = """{"action_min": [-1, 0], "action_max": [1, 0.08], "qpos_mean": [0.5], "qpos_std": [0.002], "example_qpos": [[1]]}""";

    [Test]
    public void Read_SmallDeviation_IsRaisedToAHundredth_AndTheRangeStaysAsItIs()
    {
        var statistics = Read(Good, out var faults)!;
        Assert.That(faults, Is.Empty);
        Assert.That(statistics.StateStd, Is.EqualTo(new[] { 0.01 }));
        Assert.That(statistics.ActionMin, Is.EqualTo(new[] { -1.0, 0 }));
        Assert.That(statistics.ActionMax, Is.EqualTo(new[] { 1, 0.08 }));
    }

    [TestCase("\"action_min\": [-1, 0]", "\"action_min\": [-1]", "action_min: has 1 numbers, the head has 2")]
    [TestCase("\"qpos_std\": [0.002]", "\"qpos_std\": [1, 1]", "qpos_std: has 2 numbers, the head has 1")]
    [TestCase("\"qpos_mean\": [0.5]", "\"qpos_mean\": [NaN]", "'N' is an invalid start")]
    [TestCase("\"qpos_mean\": [0.5]", "\"qpos_mean\": [1e999]", "qpos_mean: is not a list of finite numbers")]
    [TestCase("\"qpos_mean\": [0.5]", "\"qpos_mean\": [\"NaN\"]", "qpos_mean: is not a list of finite numbers")]
    [TestCase("\"qpos_mean\": [0.5], ", "", "qpos_mean: is missing")]
    [TestCase("\"action_max\": [1, 0.08]", "\"action_max\": [1, 0]", "action_max[1]: is 0, more than action_min[1], 0, is needed")]
    [TestCase("\"qpos_std\": [0.002]", "\"qpos_std\": [-1]", "qpos_std[0]: is -1, at least 0 is needed")]
    public void Read_Fault_IsNamedWithFileAndKey(string part, string replacement, string expected)
    {
        var changed = Good.Replace(part, replacement);
        Assert.That(changed, Is.Not.EqualTo(Good));
        Assert.That(Read(changed, out var faults), Is.Null);
        Assert.That(faults, Has.One.Items.And.All.Contains("stats.json: ").And.All.Contains(expected));
    }

    [Test]
    public void Read_SeveralFaults_ListsAll()
    {
        Read("{}", out var faults);
        Assert.That(faults, Has.Count.EqualTo(4));
    }

    [Test]
    public void Read_Pickle_IsRefusedWithTheWayOut()
    {
        var faults = new List<string>();
        Assert.That(DatasetStatistics.Read("dataset_stats.pkl", 2, 1, faults), Is.Null);
        Assert.That(faults, Has.One.Items.And.All.Contains("divla model convert-statistics dataset_stats.pkl"));
    }

    private static DatasetStatistics? Read(string json, out List<string> faults)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("stats.json"), json);
        faults = [];
        return DatasetStatistics.Read(folder.File("stats.json"), 2, 1, faults);
    }
}
