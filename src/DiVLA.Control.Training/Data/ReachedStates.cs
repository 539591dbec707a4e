using DiVLA.Control.Simulator;
using DiVLA.Control.Simulator.Cameras;
using DiVLA.Control.Training.Evaluation;
using DiVLA.Control.Training.Modules;
using DiVLA.Control.Training.Native;
using DiVLA.Control.Training.Optimisation;
using static TorchSharp.torch;

namespace DiVLA.Control.Training.Data;

/// <summary>
/// States that the policy itself comes to, labelled by the expert: what it gets wrong, it is shown again from where it went wrong (DAgger,
/// Ross et al. 2011, arXiv:1011.0686). The phrase is the expert's, so that motion alone is looked at.
/// </summary>
/// <remarks>
/// Collected anew at every checkpoint, with its weights: a run that goes on from there sees what an unbroken one does. One that was asked to stop between
/// two checkpoints collects when it goes on, and sees other states than an unbroken one until the next.
/// </remarks>
internal sealed class ReachedStates(DiffusionVlaModel model, Vocabulary vocabulary, TrainingOptions options)
{
    private const ulong Stream = 0x726561636865642E;
    private const int Moves = 24;

    private readonly Planner _planner = new(model);
    private readonly SceneRenderer _renderer = new();
    private readonly List<TrainingSample> _samples = [];

    /// <summary>Puts states into the first rows of a step's batch that the simulator filled, having collected some where it is time to.</summary>
    /// <param name="batch">The step's.</param>
    /// <param name="step">Counted from 0.</param>
    /// <param name="simulated">Rows that are the simulator's: the first ones.</param>
    public void Fill(Batch batch, int step, int simulated)
    {
        if (options.ReachedShare == 0 || step < options.ReachedFrom * options.Steps) return;
        if (_samples.Count == 0 || step % options.CheckpointEvery == 0) Collect(step);
        var random = new SplitMix64(new SplitMix64(options.Seed ^ Stream).NextBits() + (ulong)step);
        var rows = (int)Math.Round(options.ReachedShare * simulated);
        for (var i = 0; i < rows; i++) batch.Write(i, _samples[random.Below(_samples.Count)], _renderer, random);
    }

    private void Collect(int step)
    {
        _samples.Clear();
        random.manual_seed((long)(options.Seed * 1_000_033 + (ulong)step));
        var draw = new SplitMix64(options.Seed ^ Stream ^ ((ulong)step << 20));
        var states = Enumerable.Range(0, options.BatchSize).Select(_ => SampleGenerator.Draw(draw.NextBits() >> 2, 0, options.CurriculumAt(step))).ToArray();
        var tools = states.Select(state => new PlannedTool(state.Scene, state.Tool, state.GripperWidth)).ToArray();
        var batch = new Batch(model.Config, vocabulary, states.Length);
        using var ungraded = no_grad();
        for (var move = 0; move <= Moves; move++)
        {
            using var truce = CollectionTruce.Begin();
            for (var i = 0; i < states.Length; i++) Observe(batch, i, states[i], tools[i], draw);
            if (move < Moves) Move(tools, _planner.Plan(batch));
        }
    }

    // A copy of the scene: the one that is played on goes on.
    private void Observe(Batch batch, int index, DrawnState start, PlannedTool tool, SplitMix64 draw)
    {
        if (tool.IsLost) return;
        var sample = (start with { Scene = start.Scene.Clone(), Tool = tool.Pose, GripperWidth = tool.Width }).Label();
        batch.Write(index, sample, _renderer, draw);
        _samples.Add(sample);
    }

    private void Move(PlannedTool[] tools, float[] plans)
    {
        var size = model.Config.Latent.Horizon * model.Config.Latent.Size;
        for (var i = 0; i < tools.Length; i++)
            for (var tick = 0; tick < SampleGenerator.SamplePeriodTicks; tick++)
                tools[i].Follow(plans.AsSpan(i * size, size), model.Config.Latent.Rms);
    }
}
