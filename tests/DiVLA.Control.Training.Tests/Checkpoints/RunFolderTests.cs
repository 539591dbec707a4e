using DiVLA.Control.Training.Checkpoints;
using DiVLA.Control.Training.Optimisation;

namespace DiVLA.Control.Training.Tests.Checkpoints;

/// <summary>A run that was killed while it saved resumes from the checkpoint before, whatever there is of the new one.</summary>
[TestFixture]
internal sealed class RunFolderTests
{
    // Without what depends on the share of the run that is done, a shorter run is the beginning of a longer one: the warm-up counts steps.
    private static readonly TrainingOptions _options = new()
    {
        BatchSize = 2,
        NoiseDraws = 1,
        SwapShare = 0,
        ReachedShare = 0,
        RuleBias = 0,
        CheckpointEvery = 1,
        EvaluateEvery = 0,
        Seed = 3,
    };

    private string _root = "";
    private string _first = "";
    private string _second = "";
    private byte[] _unbroken = [];

    /// <summary>One run, with copies of its folder after the first and the second save.</summary>
    [OneTimeSetUp]
    public void Run()
    {
        _root = Directory.CreateTempSubdirectory("divla-run-").FullName;
        (_first, _second) = (Path.Combine(_root, "first"), Path.Combine(_root, "second"));
        Train("first", steps: 1);
        Copy(_first, _second);
        Train("second", steps: 2);
        _unbroken = Train("unbroken", steps: 3);
    }

    [OneTimeTearDown]
    public void Delete() => Directory.Delete(_root, recursive: true);

    private static string[] CheckpointFiles() => ["model.safetensors", "auxiliary.safetensors", "optimiser.bin"];

    [Test]
    public void Save_OfACheckpoint_LeavesThatOneAlone()
    {
        var files = Directory.EnumerateFiles(_second, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(_second, file).Replace('\\', '/'));
        Assert.That(files, Is.EquivalentTo(CheckpointFiles().Select(name => $"training/step-2/{name}").Concat(["training/progress.json", "model.safetensors", "config.json", "tokenizer.json"])));
        Assert.That(File.ReadAllBytes(Path.Combine(_second, "model.safetensors")), Is.EqualTo(File.ReadAllBytes(Path.Combine(_second, "training/step-2/model.safetensors"))));
    }

    [Test]
    public void Resume_AfterAWholeSave_EndsAsTheUnbrokenRun()
    {
        Copy(_second, Path.Combine(_root, "whole"));
        Assert.That(Train("whole", steps: 3), Is.EqualTo(_unbroken));
    }

    // Files are written one after the other: those before the torn one are whole, those after it are not there.
    [Test]
    public void Resume_KilledWithinASave_EndsAsTheUnbrokenRun(
        [ValueSource(nameof(CheckpointFiles))] string torn, [Values(0.0, 0.5, 1.0)] double share)
    {
        var name = $"torn-{torn}-{share}";
        var run = Path.Combine(_root, name);
        Copy(_first, run);
        var checkpoint = Directory.CreateDirectory(Path.Combine(run, "training/step-2")).FullName;
        foreach (var file in CheckpointFiles().TakeWhile(file => file != torn)) File.Copy(Path.Combine(_second, "training/step-2", file), Path.Combine(checkpoint, file));
        var whole = File.ReadAllBytes(Path.Combine(_second, "training/step-2", torn));
        File.WriteAllBytes(Path.Combine(checkpoint, torn), whole[..(int)(share * whole.Length)]);

        Assert.That(Train(name, steps: 3), Is.EqualTo(_unbroken));
    }

    [Test]
    public void Resume_KilledBeforeProgressNamedTheSave_EndsAsTheUnbrokenRun()
    {
        var run = Path.Combine(_root, "unnamed");
        Copy(_first, run);
        Copy(Path.Combine(_second, "training/step-2"), Path.Combine(run, "training/step-2"));
        File.WriteAllText(Path.Combine(run, "training/progress.json.tmp"), "{ \"st");
        Assert.That(Train("unnamed", steps: 3), Is.EqualTo(_unbroken));
    }

    [Test]
    public void Resume_KilledBeforeTheWeightsWerePublished_PublishesThem()
    {
        var run = Path.Combine(_root, "unpublished");
        Copy(_second, run);
        Copy(Path.Combine(_first, "training/step-1"), Path.Combine(run, "training/step-1"));
        File.Copy(Path.Combine(_first, "model.safetensors"), Path.Combine(run, "model.safetensors"), overwrite: true);
        Assert.That(TrainTo("unpublished", steps: 2), Is.EqualTo(2));
        Assert.That(File.ReadAllBytes(Path.Combine(run, "model.safetensors")), Is.EqualTo(File.ReadAllBytes(Path.Combine(_second, "model.safetensors"))));
        Assert.That(Path.Combine(run, "training/step-1"), Does.Not.Exist);
    }

    [Test]
    public void Resume_WithoutTheCheckpointThatIsNamed_SaysSo()
    {
        Copy(_second, Path.Combine(_root, "lost"));
        Directory.Delete(Path.Combine(_root, "lost/training/step-2"), recursive: true);
        Assert.That(() => Train("lost", steps: 3), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("step 2"));
    }

    private byte[] Train(string name, int steps)
    {
        TrainTo(name, steps);
        return File.ReadAllBytes(Path.Combine(_root, name, "model.safetensors"));
    }

    private int TrainTo(string name, int steps)
    {
        var run = new RunFolder(Path.Combine(_root, name));
        run.WriteConfiguration(TestConfiguration.Tiny, TestConfiguration.Vocabulary);
        using var trainer = new Trainer(_options with { Steps = steps }, run, TestConfiguration.Tiny, TestConfiguration.Vocabulary, TimeProvider.System);
        return trainer.Run(new Ignored(), CancellationToken.None);
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    private sealed class Ignored : IProgress<TrainingMetrics>
    {
        public void Report(TrainingMetrics value)
        {
            // Losses are another test's business.
        }
    }
}
