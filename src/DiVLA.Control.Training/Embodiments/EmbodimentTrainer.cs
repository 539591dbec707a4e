using DiVLA.Control.Robot;
using DiVLA.Control.Training.Data;
using DiVLA.Control.Training.Native;
using DiVLA.Control.Training.Optimisation;
using static TorchSharp.torch;

namespace DiVLA.Control.Training.Embodiments;

/// <summary>Trains an arm's MLP on kinematic pairs: no pictures, and no demonstrations unless there are some.</summary>
internal sealed class EmbodimentTrainer(EmbodimentProfile arm, double[][] latentRms, EmbodimentTrainingOptions options)
{
    private const double AdamRate = 2e-3;
    private const double MuonRate = 0.01;
    private const int WarmUpSteps = 100;
    private const int ReportEvery = 50;
    private const int ProbePoses = 5;

    // Only the sign of the gripper's number counts; whatever the sampler's clipping lets through is in range.
    private const double GripperLatentMax = 5;

    /// <summary>Trains.</summary>
    /// <param name="progress">Told (steps taken, loss).</param>
    /// <param name="stop">Ends early with what was learnt so far.</param>
    /// <returns>The MLP, and the mapping with all but the measured errors.</returns>
    /// <exception cref="InvalidDataException">The arm can follow next to no motion over the table.</exception>
    public (EmbodimentMlp Mlp, EmbodimentMapping Mapping) Run(Action<int, double> progress, CancellationToken stop)
    {
        random.manual_seed((long)options.Seed);
        // More than all steps together look at would be drawn for nothing.
        var motions = (int)Math.Min(options.Motions, (long)options.Steps * options.BatchSize / KinematicPairs.PairsAMotion + 1);
        var pairs = new KinematicPairs(arm, latentRms, motions, options.Seed, options.Threads, options.Demonstrations);
        var rms = DisplacementRms(pairs);
        var mlp = new EmbodimentMlp(arm, latentRms, rms);
        Train(mlp, new EmbodimentLoss(pairs, latentRms, rms), progress, stop);
        return (mlp, Mapping(pairs, rms));
    }

    private void Train(EmbodimentMlp mlp, EmbodimentLoss loss, Action<int, double> progress, CancellationToken stop)
    {
        var inner = mlp.InnerMatrices;
        using var muon = new Muon(inner);
        using var adam = optim.AdamW(mlp.parameters().Where(weight => !inner.Any(other => ReferenceEquals(other, weight))), AdamRate, weight_decay: 0);
        for (var step = 0; step < options.Steps && !stop.IsCancellationRequested; step++)
        {
            using var truce = CollectionTruce.Begin();
            using var scope = NewDisposeScope();
            var rate = RateAt(step);
            foreach (var group in adam.ParamGroups) group.LearningRate = AdamRate * rate;
            adam.zero_grad();
            var value = loss.Of(mlp, options.BatchSize, options.SamplesAPair);
            value.backward();
            adam.step();
            muon.Step(MuonRate * rate);
            if ((step + 1) % ReportEvery == 0) progress(step + 1, value.item<float>());
        }
    }

    // A short rise, then half a cosine to nearly nothing: the last, small steps bring most of the accuracy.
    private double RateAt(int step) => Math.Min(1, (step + 1.0) / WarmUpSteps) * 0.5 * (1.001 + Math.Cos(Math.PI * step / options.Steps));

    private double[] DisplacementRms(KinematicPairs pairs)
    {
        var rms = new double[SampleGenerator.Horizon];
        for (var i = 0; i < pairs.Displacements.Length; i++)
            rms[i / arm.JointCount % rms.Length] += pairs.Displacements[i] * pairs.Displacements[i] / (double)(pairs.Count * arm.JointCount);
        return [.. rms.Select(Math.Sqrt)];
    }

    private EmbodimentMapping Mapping(KinematicPairs pairs, double[] rms) => new()
    {
        Kind = EmbodimentMappingKind.Mlp,
        Hidden = EmbodimentMlp.Hidden,
        DisplacementRmsRad = rms,
        TrainedLowerRad = Bound(pairs, Math.Min),
        TrainedUpperRad = Bound(pairs, Math.Max),
        TrainedLatentMax = [.. LatentMax(pairs), GripperLatentMax],
        LatentRms = latentRms,
        FirstSampleError = new ToolError(0, 0),
        LastSampleError = new ToolError(0, 0),
        ProbePoses = [.. Enumerable.Range(0, ProbePoses).Select(i => Probe(pairs, i * KinematicPairs.PairsAMotion))],
    };

    private double[] Bound(KinematicPairs pairs, Func<double, double, double> choose)
    {
        var n = arm.JointCount;
        return [.. Enumerable.Range(0, n).Select(j => Enumerable.Range(0, pairs.Count).Select(i => (double)pairs.Joints[i * n + j]).Aggregate(choose))];
    }

    private static double[] LatentMax(KinematicPairs pairs)
    {
        var most = new double[6];
        for (var i = 0; i < pairs.Latents.Length; i++) most[i % 6] = Math.Max(most[i % 6], Math.Abs(pairs.Latents[i]));
        return most;
    }

    private ProbePose Probe(KinematicPairs pairs, int index)
    {
        var joints = pairs.Joints.AsSpan(index * arm.JointCount, arm.JointCount).ToArray().Select(q => Math.Round(q, 6)).ToArray();
        return new ProbePose(joints, arm.CreateKinematics().ToolPose(joints).ToRows());
    }
}

/// <summary>What an embodiment's training is asked to be.</summary>
internal sealed record EmbodimentTrainingOptions
{
    /// <summary>Optimiser steps.</summary>
    public int Steps { get; init; } = 3500;

    /// <summary>Motions drawn; each gives several pairs.</summary>
    public int Motions { get; init; } = 40_000;

    /// <summary>Pairs a step.</summary>
    public int BatchSize { get; init; } = 512;

    /// <summary>Samples of each pair that a step looks at.</summary>
    public int SamplesAPair { get; init; } = 4;

    /// <summary>Of motions and weights.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Threads that motions are drawn with; those of libtorch are set for the process.</summary>
    public int Threads { get; init; } = 2;

    /// <summary>Motions that somebody demonstrated; null for none.</summary>
    public DemonstrationShare? Demonstrations { get; init; }
}
