using DiVLA.Control.Policy;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Embodiment;
using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.Arm;
using DiVLA.Control.TestSupport;
using DiVLA.Control.Training.Data;
using DiVLA.Control.Training.Embodiments;

namespace DiVLA.Control.Training.Tests.Embodiments;

/// <summary>The exam that decides whether an embodiment is written, on arms that must pass and arms that must not.</summary>
[TestFixture]
internal sealed class EmbodimentExamTests
{
    private const ulong Seed = 77;

    private static readonly ExamBounds _bounds = new(0.5, 3);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("divla-exam-");

    private static IReadOnlyList<string> Arms => ArmProfiles.Names;

    [OneTimeTearDown]
    public void Delete() => _folder.Delete(recursive: true);

    // On motions of another seed than those that it was accepted by.
    [TestCaseSource(nameof(Arms))]
    public void Take_OfAShippedArm_Passes(string name)
    {
        var result = EmbodimentExam.Take(Path.Combine(Checkout.DefaultBundle, EmbodimentPaths.Folder, name), Seed, threads: 1);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.Misses(_bounds), Is.Empty);
            Assert.That(result.Drive.LimitHits, Is.Zero);
            Assert.That(result.Drive.Ticks, Is.EqualTo(60 * 82));
        }
    }

    // What an arm cannot do by the best of mappings is not asked of it.
    [Test]
    public void Drive_OfAnArmWithSlowJoints_IsSlowEnoughForThem()
    {
        var (shipped, slow) = (Path.Combine(Checkout.DefaultBundle, EmbodimentPaths.Folder, "panda"), Directory.CreateDirectory(Path.Combine(_folder.FullName, "slow")).FullName);
        var arm = EmbodimentProfile.Read(Path.Combine(shipped, EmbodimentPaths.Profile));
        foreach (var file in (string[])[EmbodimentPaths.Graph, EmbodimentPaths.Weights]) File.Copy(Path.Combine(shipped, file), Path.Combine(slow, file));
        File.WriteAllText(Path.Combine(slow, EmbodimentPaths.Profile), (arm with { VelocityLimitRadPerS = [.. arm.VelocityLimitRadPerS.Select(limit => limit / 4)] }).ToJson());
        using var trial = EmbodimentTrial.Load(slow, SampleGenerator.SamplePeriodTicks, new EmbodimentCheckOptions());
        Assert.That(WaypointRun.Drive(trial, seconds: 60, Seed), Has.Property(nameof(WaypointReport.Fault)).Null);
    }

    [Test]
    public void Take_OfRandomWeights_NamesEveryMiss()
    {
        RandomCheckpoint.WriteEmbodiment(_folder.FullName, ArmProfiles.Panda, TestConfiguration.Tiny.Latent, seed: 1);
        var result = EmbodimentExam.Take(Path.Combine(_folder.FullName, EmbodimentPaths.Folder, "panda"), Seed, threads: 1);
        Assert.That(string.Join('\n', result.Misses(_bounds)), Does.Contain("first sample").And.Contain("last sample").And.Contain("on the way over the table"));
        Assert.That(result.Drive.Fault, Is.Not.Null);
    }
}
