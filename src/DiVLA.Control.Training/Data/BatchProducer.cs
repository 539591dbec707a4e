using System.Collections.Concurrent;
using DiVLA.Control.ModelBuilder;
using DiVLA.Control.Simulator;
using DiVLA.Control.Simulator.Cameras;
using DiVLA.Control.Training.Optimisation;

namespace DiVLA.Control.Training.Data;

/// <summary>Makes batches ahead of the training thread. A step's batch depends on the seed and the step alone, so a resumed run sees what an unbroken one would.</summary>
internal sealed class BatchProducer : IDisposable
{
    private const int Ahead = 4;
    private const int DrawsPerScene = 2;

    private readonly BlockingCollection<Batch> _ready = new(Ahead);
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _worker;
    private Exception? _fault;

    /// <param name="config">Shapes.</param>
    /// <param name="vocabulary">Words.</param>
    /// <param name="options">Batch size, seed and share of swaps.</param>
    /// <param name="firstStep">Where to begin.</param>
    public BatchProducer(ModelConfig config, Vocabulary vocabulary, TrainingOptions options, int firstStep)
    {
        _worker = new Thread(() => Produce(config, vocabulary, options, firstStep)) { IsBackground = true, Name = "batches" };
        _worker.Start();
    }

    /// <summary>The next step's batch.</summary>
    /// <exception cref="InvalidOperationException">The worker failed; the cause is the inner exception.</exception>
    public Batch Take() => _ready.TryTake(out var batch, Timeout.Infinite) ? batch : throw new InvalidOperationException("No batch could be made.", _fault);

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        _worker.Join();
        _stop.Dispose();
        _ready.Dispose();
    }

    /// <summary>Fills a batch for one step.</summary>
    public static void Fill(Batch batch, SceneRenderer renderer, TrainingOptions options, int step)
    {
        for (var i = 0; i < batch.Size; i++)
        {
            var scene = new SplitMix64(options.Seed).NextBits() + (ulong)step * (ulong)batch.Size + (ulong)(i / DrawsPerScene);
            batch.Write(i, SampleGenerator.Sample(scene, i % DrawsPerScene, options.CurriculumAt(step)), renderer, new SplitMix64(scene * 77 + (ulong)i));
        }
    }

    private void Produce(ModelConfig config, Vocabulary vocabulary, TrainingOptions options, int firstStep)
    {
        var renderer = new SceneRenderer();
        try
        {
            for (var step = firstStep; !_stop.IsCancellationRequested; step++)
            {
                var batch = new Batch(config, vocabulary, options.BatchSize);
                Fill(batch, renderer, options, step);
                _ready.Add(batch, _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The training thread asked for the end.
        }
        catch (Exception fault)
        {
            _fault = fault;
            _ready.CompleteAdding();
        }
    }
}
