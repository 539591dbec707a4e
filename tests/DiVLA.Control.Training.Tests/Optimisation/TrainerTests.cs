using DiVLA.Control.Training.Checkpoints;
using DiVLA.Control.Training.Optimisation;

namespace DiVLA.Control.Training.Tests.Optimisation;

internal sealed class TrainerTests
{
    private static readonly TrainingOptions _options = new() { Steps = 4, BatchSize = 4, NoiseDraws = 1, CheckpointEvery = 2, EvaluateEvery = 0, Seed = 3 };
    private string _folder = "";

    [SetUp]
    public void CreateFolder() => _folder = Directory.CreateTempSubdirectory("divla-training-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Run_StoppedAndResumed_EndsWithTheWeightsOfAnUnbrokenRun()
    {
        var unbroken = Train("unbroken", stopAfter: int.MaxValue);
        Assert.That(Train("resumed", stopAfter: 1).Steps, Is.EqualTo(1));
        var resumed = Train("resumed", stopAfter: int.MaxValue);
        Assert.Multiple(() =>
        {
            Assert.That(resumed.Steps, Is.EqualTo(unbroken.Steps));
            Assert.That(resumed.Weights, Is.EqualTo(unbroken.Weights));
        });
    }

    [Test]
    public void Run_EveryLoss_IsReportedApart()
    {
        var reports = new List<TrainingMetrics>();
        Train("losses", int.MaxValue, reports.Add);
        Assert.That(reports[0].Loss, Is.EqualTo(reports[0].LossDiffusion + _options.Alpha * reports[0].LossNtp).Within(1e-6));
        Assert.That(reports[0].LossAuxiliary, Is.GreaterThan(0));
    }

    [Test]
    public void LearningRate_OverARun_WarmsUpStaysAndDecays()
    {
        var options = new TrainingOptions { Steps = 1000, WarmupSteps = 100, LearningRate = 1 };
        Assert.Multiple(() =>
        {
            Assert.That(options.LearningRateAt(0), Is.EqualTo(0.01).Within(1e-9));
            Assert.That(options.LearningRateAt(400), Is.EqualTo(1));
            Assert.That(options.LearningRateAt(999), Is.LessThan(0.02));
        });
    }

    [Test]
    public void Validate_SeveralFaults_NamesThemAll()
    {
        var faults = new TrainingOptions { Steps = 0, Alpha = -1, Threads = 0 }.Validate().ToArray();
        Assert.That(faults, Has.Length.EqualTo(3));
        Assert.That(faults, Has.Some.Contains("alpha").And.Some.Contains("steps").And.Some.Contains("threads"));
    }

    private (int Steps, byte[] Weights) Train(string name, int stopAfter, Action<TrainingMetrics>? report = null)
    {
        var run = new RunFolder(Path.Combine(_folder, name));
        run.WriteConfiguration(TestConfiguration.Tiny, TestConfiguration.Vocabulary);
        using var stop = new CancellationTokenSource();
        using var trainer = new Trainer(_options, run, TestConfiguration.Tiny, TestConfiguration.Vocabulary, TimeProvider.System);
        var steps = trainer.Run(new Watcher(metrics => { report?.Invoke(metrics); if (metrics.Step >= stopAfter) stop.Cancel(); }), stop.Token);
        return (steps, File.ReadAllBytes(run.File("model.safetensors")));
    }

    private sealed class Watcher(Action<TrainingMetrics> report) : IProgress<TrainingMetrics>
    {
        public void Report(TrainingMetrics value) => report(value);
    }
}
