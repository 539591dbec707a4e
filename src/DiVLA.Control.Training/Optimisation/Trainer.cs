using System.Text.Json;
using DiVLA.Control.ModelBuilder;
using DiVLA.Control.Training.Checkpoints;
using DiVLA.Control.Training.Data;
using DiVLA.Control.Training.Demonstrations;
using DiVLA.Control.Training.Diffusion;
using DiVLA.Control.Training.Evaluation;
using DiVLA.Control.Training.Modules;
using DiVLA.Control.Training.Native;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DiVLA.Control.Training.Optimisation;

/// <summary>Trains backbone, film and head together.</summary>
internal sealed class Trainer : IDisposable
{
    private readonly TrainingOptions _options;
    private readonly RunFolder _run;
    private readonly ModelConfig _config;
    private readonly Vocabulary _vocabulary;
    private readonly DiffusionVlaModel _model;
    private readonly AuxiliaryHead _auxiliary;
    private readonly LossFunction _losses;
    private readonly AdamW _optimiser;
    private readonly Parameter[] _parameters;
    private readonly TimeProvider _clock;
    private readonly DemonstrationMix? _demonstrations;
    private readonly ReachedStates _reached;

    public Trainer(TrainingOptions options, RunFolder run, ModelConfig config, Vocabulary vocabulary, TimeProvider clock, DemonstrationMix? demonstrations = null)
    {
        (_options, _run, _config, _vocabulary, _clock, _demonstrations) = (options, run, config, vocabulary, clock, demonstrations);
        random.manual_seed((long)options.Seed);
        _model = new DiffusionVlaModel(config);
        _auxiliary = new AuxiliaryHead(config);
        _losses = new LossFunction(_model, _auxiliary, new NoiseSchedule(config.Scheduler), options);
        _reached = new ReachedStates(_model, vocabulary, options);
        _parameters = [.. _model.parameters(), .. _auxiliary.parameters()];
        _optimiser = optim.AdamW(_parameters, options.LearningRate, weight_decay: options.WeightDecay);
    }

    /// <summary>Trains to the last step or until asked to stop; either way a checkpoint is left.</summary>
    /// <returns>Steps taken in all.</returns>
    public int Run(IProgress<TrainingMetrics> progress, CancellationToken stop)
    {
        var step = _run.HasProgress ? _run.Resume(_model, _auxiliary, _optimiser) : 0;
        using var batches = new BatchProducer(_config, _vocabulary, _options, step, _demonstrations);
        var averages = new MovingAverages();
        var (start, firstStep) = (_clock.GetTimestamp(), step);
        for (; step < _options.Steps && !stop.IsCancellationRequested; step++)
        {
            var batch = batches.Take();
            _reached.Fill(batch, step, _demonstrations?.Simulated(batch.Size) ?? batch.Size);
            TrainOn(batch, step, averages);
            if (step % 10 == 9 || step == 0) Report(step + 1, averages, (step + 1 - firstStep) * _options.BatchSize / _clock.GetElapsedTime(start).TotalSeconds, progress);
            if ((step + 1) % _options.CheckpointEvery == 0) _run.Save(_model, _auxiliary, _optimiser, step + 1);
            if (_options.EvaluateEvery > 0 && (step + 1) % _options.EvaluateEvery == 0) Evaluate(step + 1);
        }
        _run.Save(_model, _auxiliary, _optimiser, step);
        return step;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _optimiser.Dispose();
        _auxiliary.Dispose();
        _model.Dispose();
    }

    private void TrainOn(Batch batch, int step, MovingAverages averages)
    {
        using var truce = CollectionTruce.Begin();
        using var scope = NewDisposeScope();
        random.manual_seed((long)(_options.Seed * 1_000_003 + (ulong)step));
        foreach (var group in _optimiser.ParamGroups) group.LearningRate = _options.LearningRateAt(step);
        var losses = _losses.Compute(batch);
        using Scalar alpha = _options.Alpha, auxiliaryWeight = _options.AuxiliaryWeight;
        var total = losses.Diffusion + losses.NextToken * alpha + losses.Auxiliary * auxiliaryWeight;
        _optimiser.zero_grad();
        total.backward();
        nn.utils.clip_grad_norm_(_parameters, 1.0);
        _optimiser.step();
        averages.Add(losses.Diffusion.item<float>(), losses.NextToken.item<float>(), losses.Auxiliary.item<float>());
        averages.Add(batch.Family, losses.ExactMatch.data<float>().ToArray());
    }

    private void Report(int step, MovingAverages averages, double samplesPerSecond, IProgress<TrainingMetrics> progress)
    {
        var metrics = averages.ToMetrics(step, _options, samplesPerSecond);
        progress.Report(metrics);
        if (step % 50 == 0) File.AppendAllText(_run.File("metrics.jsonl"), JsonSerializer.Serialize(metrics, JsonLines) + "\n");
    }

    private void Evaluate(int step)
    {
        using var scope = NewDisposeScope();
        var results = new ClosedLoopEvaluation(_model, _vocabulary).Run(_options.EvaluationEpisodes, firstSeed: (ulong)step * 1000);
        var line = JsonSerializer.Serialize(new { step, evaluation = results }, JsonLines);
        File.AppendAllText(_run.File("metrics.jsonl"), line + "\n");
    }

    private static JsonSerializerOptions JsonLines { get; } = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
}
