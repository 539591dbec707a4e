using DiVLA.Control.Simulator.Arm;
using DiVLA.Control.Training.Checkpoints;
using DiVLA.Control.Training.Demonstrations;
using DiVLA.Control.Training.Optimisation;

namespace DiVLA.Control.Training.Tests.Demonstrations;

/// <summary>A dataset, as `divla record` writes them, trains a policy.</summary>
internal sealed class TrainingOnDemonstrationsTests
{
    private static readonly TrainingOptions _options = new() { Steps = 6, BatchSize = 4, NoiseDraws = 1, WarmupSteps = 1, CheckpointEvery = 2, EvaluateEvery = 0, Seed = 3 };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("divla-demonstrations-");
    private readonly ExpertRecording _recording = new(rows: 100);

    [OneTimeTearDown]
    public void Delete()
    {
        _recording.Dispose();
        _folder.Delete(recursive: true);
    }

    [Test]
    public void Run_OnDemonstrationsAlone_LearnsThem()
    {
        var losses = new List<TrainingMetrics>();
        Train("alone", 1, _options with { Steps = 60, LearningRate = 3e-3 }, int.MaxValue, losses.Add);
        Assert.That(losses[^1].Loss, Is.LessThan(0.8 * losses[0].Loss));
        Assert.That(losses.Select(report => report.LossAuxiliary), Is.All.Zero);
    }

    [Test]
    public void Run_MixedStoppedAndResumed_EndsWithTheWeightsOfAnUnbrokenRun()
    {
        var unbroken = Train("unbroken", 0.5, _options, int.MaxValue);
        Assert.That(Train("resumed", 0.5, _options, stopAfter: 1).Steps, Is.EqualTo(1));
        Assert.That(Train("resumed", 0.5, _options, int.MaxValue).Weights, Is.EqualTo(unbroken.Weights));
        Assert.That(Train("other", 0.25, _options, int.MaxValue).Weights, Is.Not.EqualTo(unbroken.Weights));
    }

    private (int Steps, byte[] Weights) Train(string name, double share, TrainingOptions options, int stopAfter, Action<TrainingMetrics>? report = null)
    {
        var run = new RunFolder(Path.Combine(_folder.FullName, name));
        run.WriteConfiguration(TestConfiguration.Tiny, TestConfiguration.Vocabulary);
        var set = DemonstrationSet.Open([_recording.Root], new ColumnMap(), ArmProfiles.Panda, TestConfiguration.Tiny.Cameras);
        var frames = FrameStore.Open(run.File("training"), set, TestConfiguration.Tiny.Cameras, (_, _) => { }, CancellationToken.None);
        using var mix = new DemonstrationMix(set, frames, share, TestConfiguration.Tiny, TestConfiguration.Vocabulary);
        using var stop = new CancellationTokenSource();
        using var trainer = new Trainer(options, run, TestConfiguration.Tiny, TestConfiguration.Vocabulary, TimeProvider.System, mix);
        var steps = trainer.Run(new Watcher(metrics => { report?.Invoke(metrics); if (metrics.Step >= stopAfter) stop.Cancel(); }), stop.Token);
        return (steps, File.ReadAllBytes(run.File("model.safetensors")));
    }

    private sealed class Watcher(Action<TrainingMetrics> report) : IProgress<TrainingMetrics>
    {
        public void Report(TrainingMetrics value) => report(value);
    }
}
