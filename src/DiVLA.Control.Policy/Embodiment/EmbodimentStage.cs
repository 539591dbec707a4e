using DiVLA.Control.Policy.Onnx;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Policy.Embodiment;

/// <summary>Latent trajectory and commanded joints to joint positions and gripper widths of one make of arm, checked by forward kinematics.</summary>
internal sealed class EmbodimentStage : IDisposable
{
    private readonly int _jointCount;
    private readonly GraphTensor<float> _latent;
    private readonly GraphTensor<float> _joints;
    private readonly GraphTensor<float> _trajectory;
    private readonly GraphRunner _runner;
    private readonly TrainedRangeCheck _range;
    private readonly ForwardKinematicsCheck _kinematics;

    /// <summary>Reads `latent` where Diffusion has left it.</summary>
    public EmbodimentStage(
        OnnxGraph graph,
        EmbodimentProfile profile,
        ArmKinematics kinematics,
        TaskDisplacementLatent meaning,
        GraphTensor<float> latent,
        EmbodimentCheckOptions options)
    {
        _jointCount = profile.JointCount;
        _latent = latent;
        _joints = new GraphTensor<float>(1, _jointCount);
        _trajectory = new GraphTensor<float>(1, meaning.Horizon, _jointCount + 1);
        _runner = new GraphRunner(graph, [("latent", latent), ("joints", _joints)], [("trajectory", _trajectory)]);
        _range = new TrainedRangeCheck(profile.Mapping!, options);
        _kinematics = new ForwardKinematicsCheck(kinematics, meaning, options);
    }

    /// <summary>Fills the trajectory's samples, or says why they must not be used.</summary>
    public PolicyFault Run(in RobotState state, PolicyTrajectory result)
    {
        if (!_range.Accepts(state.CommandedJoints, _latent.Span, out var range))
            return new PolicyFault(PolicyOutcome.OutsideTrainedRange, PolicyStage.Embodiment, Range: range);
        Decode(state.CommandedJoints.AsSpan());
        if (!Finite.All(_trajectory.Span)) return new PolicyFault(PolicyOutcome.NonFinite, PolicyStage.Embodiment);

        WriteSamples(result.Samples);
        result.Kinematics = _kinematics.Run(state.CommandedJoints, _latent.Span, result.Samples);
        return result.Kinematics.Use <= 1
            ? default
            : new PolicyFault(PolicyOutcome.FailedKinematicsCheck, PolicyStage.Embodiment, Kinematics: result.Kinematics);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _runner.Dispose();
        _joints.Dispose();
        _trajectory.Dispose();
    }

    private void Decode(ReadOnlySpan<double> commanded)
    {
        var joints = _joints.Span;
        for (var joint = 0; joint < _jointCount; joint++)
            joints[joint] = (float)commanded[joint];
        _runner.Run();
    }

    private void WriteSamples(Span<RobotCommand> samples)
    {
        Span<double> joints = stackalloc double[JointValues.Capacity];
        for (var sample = 0; sample < samples.Length; sample++)
        {
            var numbers = _trajectory.Span.Slice(sample * (_jointCount + 1), _jointCount + 1);
            for (var joint = 0; joint < _jointCount; joint++)
                joints[joint] = numbers[joint];
            samples[sample] = new RobotCommand(new JointPositions(joints[.._jointCount]), numbers[_jointCount]);
        }
    }
}
