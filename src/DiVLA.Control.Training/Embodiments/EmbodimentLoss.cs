using DiVLA.Control.Training.Data;
using static TorchSharp.torch;

namespace DiVLA.Control.Training.Embodiments;

/// <summary>How far the tool is from where it should be, on random pairs: what of a joint's error does not move the tool hardly counts.</summary>
internal sealed class EmbodimentLoss
{
    private const int Horizon = SampleGenerator.Horizon;
    private const float RotationWeight = 0.3f;
    private const float JointWeight = 0.02f;

    private readonly int _pairs;
    private readonly int _joints;
    private readonly Tensor _latents;
    private readonly Tensor _start;
    private readonly Tensor _displacements;
    private readonly Tensor _jacobians;
    private readonly Tensor _weight;
    private readonly Tensor _positionScale;
    private readonly Tensor _rotationScale;
    private readonly Tensor _jointScale;

    /// <summary>Takes over pairs.</summary>
    /// <param name="pairs">What is learnt.</param>
    /// <param name="latentRms">Scale of the latents, `[H][L]`.</param>
    /// <param name="displacementRms">Scale of the joint displacements, `[H]`. Unit: rad.</param>
    public EmbodimentLoss(KinematicPairs pairs, double[][] latentRms, double[] displacementRms)
    {
        _pairs = pairs.Count;
        _joints = pairs.Joints.Length / pairs.Count;
        _latents = tensor(pairs.Latents).view(-1, 6).DetachFromDisposeScope();
        _start = tensor(pairs.Joints).view(pairs.Count, _joints).DetachFromDisposeScope();
        _displacements = tensor(pairs.Displacements).view(-1, _joints).DetachFromDisposeScope();
        _jacobians = tensor(pairs.Jacobians).view(-1, 6 * _joints).DetachFromDisposeScope();
        // Later samples are farther away and the harder ones.
        _weight = (0.5f + arange(Horizon, ScalarType.Float32) / (Horizon - 1)).DetachFromDisposeScope();
        _positionScale = Squares(latentRms, 0);
        _rotationScale = Squares(latentRms, 3);
        _jointScale = tensor(displacementRms.Select(rms => (float)(rms * rms)).ToArray()).DetachFromDisposeScope();
    }

    /// <summary>e = dq - dq*: |J_pos e|^2 / rms_pos + 0.3 |J_rot e|^2 / rms_rot + 0.02 |e|^2 / dq_rms^2, each sample by its own scale, later ones counting up to three times as much as the first.</summary>
    /// <param name="mlp">What is learning.</param>
    /// <param name="batchSize">Pairs to look at.</param>
    /// <param name="samples">Samples of each of them.</param>
    public Tensor Of(EmbodimentMlp mlp, int batchSize, int samples)
    {
        var pick = randint(0, _pairs, [batchSize], ScalarType.Int64);
        var which = randperm(Horizon, ScalarType.Int64)[..samples];
        var rows = (pick.unsqueeze(1) * Horizon + which.unsqueeze(0)).flatten();
        var predicted = mlp.Forward(_latents.index_select(0, rows).view(batchSize, samples, 6), _start.index_select(0, pick), which);
        var error = predicted - _displacements.index_select(0, rows).view(batchSize, samples, _joints);                               // [B, S, n]
        var tool = (_jacobians.index_select(0, rows).view(batchSize, samples, 6, _joints) * error.unsqueeze(2)).sum([3L]);            // [B, S, 6]
        var position = tool[.., .., ..3].square().sum([-1L]) / _positionScale.index_select(0, which);
        var rotation = tool[.., .., 3..].square().sum([-1L]) / _rotationScale.index_select(0, which);
        var joint = error.square().sum([-1L]) / _jointScale.index_select(0, which);
        return ((position + rotation * RotationWeight + joint * JointWeight) * _weight.index_select(0, which)).mean();
    }

    private static Tensor Squares(double[][] rms, int first) =>
        tensor(rms.Select(row => (float)(row[first] * row[first] + row[first + 1] * row[first + 1] + row[first + 2] * row[first + 2])).ToArray()).DetachFromDisposeScope();
}
