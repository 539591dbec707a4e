using DiVLA.Control.Robot;
using DiVLA.Control.Training.Data;
using DiVLA.Control.Training.Native;
using static TorchSharp.torch;

namespace DiVLA.Control.Training.Embodiments;

/// <summary>Trains an arm's MLP on kinematic pairs: no pictures, no demonstrations.</summary>
internal sealed class EmbodimentTrainer(ArmKinematics kinematics, double[] rest, double[][] latentRms, ulong seed)
{
    private const int Pairs = 60_000;
    private const int TestPairs = 2_000;
    private const int BatchSize = 512;
    private const double LearningRate = 2e-3;

    // Only the sign of the gripper's number counts; whatever the sampler's clipping lets through is in range.
    private const double GripperLatentMax = 5;

    /// <summary>Trains and measures.</summary>
    /// <param name="steps">Optimiser steps.</param>
    /// <param name="progress">Told (steps taken, loss).</param>
    /// <param name="stop">Ends early; what was learnt so far is measured.</param>
    public (EmbodimentMlp Mlp, EmbodimentMapping Mapping) Run(int steps, Action<int, double> progress, CancellationToken stop)
    {
        random.manual_seed((long)seed);
        var pairs = new KinematicPairs(kinematics, rest, latentRms, Pairs, seed);
        var rms = DisplacementRms(pairs);
        var mlp = new EmbodimentMlp(rest, rms);
        var data = new PairTensors(pairs);
        using var optimiser = optim.AdamW(mlp.parameters(), LearningRate);
        for (var step = 0; step < steps && !stop.IsCancellationRequested; step++)
        {
            using var truce = CollectionTruce.Begin();
            using var scope = NewDisposeScope();
            foreach (var group in optimiser.ParamGroups) group.LearningRate = LearningRate * 0.5 * (1.001 + Math.Cos(Math.PI * step / steps));
            var loss = Loss(mlp, data, randint(0, Pairs, [BatchSize], ScalarType.Int64), rms);
            optimiser.zero_grad();
            loss.backward();
            optimiser.step();
            if (step % 50 == 49) progress(step + 1, loss.item<float>());
        }
        return (mlp, Measure(mlp, pairs, rms));
    }

    // e = dq - dq*: |J_pos e|^2 / rms_pos + 0.3 |J_rot e|^2 / rms_rot + 0.02 |e|^2 / dq_rms^2, each sample by its own scale.
    private Tensor Loss(EmbodimentMlp mlp, PairTensors data, Tensor pick, double[] rms)
    {
        var error = mlp.Forward(data.Latents[pick], data.Joints[pick]) - data.Displacements[pick];   // [B, H, n]
        var tool = data.Jacobians[pick].matmul(error.unsqueeze(3)).squeeze(3);                       // [B, H, 6]
        var position = tool[.., .., ..3].square().sum([-1L]) / Scales(0);
        var rotation = tool[.., .., 3..].square().sum([-1L]) / Scales(3);
        var joint = error.square().sum([-1L]) / tensor(rms.Select(r => (float)(r * r)).ToArray());
        return (position + rotation * 0.3f + joint * 0.02f).mean();
    }

    private Tensor Scales(int first) =>
        tensor(latentRms.Select(row => (float)(row[first] * row[first] + row[first + 1] * row[first + 1] + row[first + 2] * row[first + 2])).ToArray());

    private static double[] DisplacementRms(KinematicPairs pairs)
    {
        var rms = new double[SampleGenerator.Horizon];
        var n = pairs.Rest.Length;
        for (var i = 0; i < pairs.Displacements.Length; i++)
            rms[i / n % rms.Length] += pairs.Displacements[i] * pairs.Displacements[i] / (double)(pairs.Count * n);
        return [.. rms.Select(Math.Sqrt)];
    }

    private EmbodimentMapping Measure(EmbodimentMlp mlp, KinematicPairs trained, double[] rms)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var test = new KinematicPairs(kinematics, rest, latentRms, TestPairs, seed + 1);
        var data = new PairTensors(test);
        var predicted = mlp.Forward(data.Latents, data.Joints).contiguous().data<float>().ToArray();
        return new EmbodimentMapping
        {
            Kind = EmbodimentMappingKind.Mlp,
            Hidden = EmbodimentMlp.Hidden,
            DisplacementRmsRad = rms,
            TrainedLowerRad = Bound(trained, Math.Min),
            TrainedUpperRad = Bound(trained, Math.Max),
            TrainedLatentMax = [.. LatentMax(trained), GripperLatentMax],
            FirstSampleError = ToolErrorAt(test, predicted, 0),
            LastSampleError = ToolErrorAt(test, predicted, SampleGenerator.Horizon - 1),
            ProbePoses = [.. Enumerable.Range(0, 5).Select(i => Probe(test, i))],
        };
    }

    private ToolError ToolErrorAt(KinematicPairs pairs, float[] predicted, int sample)
    {
        var n = rest.Length;
        var errors = new double[pairs.Count];
        Span<double> reached = stackalloc double[n];
        Span<double> wanted = stackalloc double[n];
        for (var i = 0; i < errors.Length; i++)
        {
            var row = (i * SampleGenerator.Horizon + sample) * n;
            for (var j = 0; j < n; j++)
            {
                reached[j] = pairs.Joints[i * n + j] + predicted[row + j];
                wanted[j] = pairs.Joints[i * n + j] + pairs.Displacements[row + j];
            }
            errors[i] = 1000 * (kinematics.ToolPose(reached).Origin - kinematics.ToolPose(wanted).Origin).Length;
        }
        Array.Sort(errors);
        return new ToolError(errors.Average(), errors[(int)(0.95 * errors.Length)]);
    }

    private static double[] Bound(KinematicPairs pairs, Func<double, double, double> choose)
    {
        var n = pairs.Rest.Length;
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
        var joints = pairs.Joints.AsSpan(index * rest.Length, rest.Length).ToArray().Select(q => Math.Round(q, 6)).ToArray();
        return new ProbePose(joints, kinematics.ToolPose(joints).ToRows());
    }

    private sealed class PairTensors(KinematicPairs pairs)
    {
        public Tensor Latents { get; } = tensor(pairs.Latents).view(pairs.Count, -1, 6).DetachFromDisposeScope();

        public Tensor Joints { get; } = tensor(pairs.Joints).view(pairs.Count, -1).DetachFromDisposeScope();

        public Tensor Displacements { get; } = tensor(pairs.Displacements).view(pairs.Count, SampleGenerator.Horizon, -1).DetachFromDisposeScope();

        public Tensor Jacobians { get; } = tensor(pairs.Jacobians).view(pairs.Count, SampleGenerator.Horizon, 6, -1).DetachFromDisposeScope();
    }
}
