using DiVLA.Control.Policy.Onnx;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Policy.Embodiment;

/// <summary>Latent trajectory and commanded joints to joint positions and gripper widths of one make of arm, checked on the way.</summary>
internal sealed class EmbodimentStage : IDisposable
{
    private readonly int _jointCount;
    private readonly GraphTensor<float> _latent;
    private readonly GraphTensor<float> _joints;
    private readonly GraphTensor<float> _trajectory;
    private readonly GraphRunner _runner;
    private readonly IPlanCheck _check;

    /// <summary>Reads `latent` where Diffusion has left it.</summary>
    public EmbodimentStage(OnnxGraph graph, int jointCount, GraphTensor<float> latent, IPlanCheck check)
    {
        _jointCount = jointCount;
        _latent = latent;
        _joints = new GraphTensor<float>(1, _jointCount);
        _trajectory = new GraphTensor<float>(1, latent.Shape[1], _jointCount + 1);
        _runner = new GraphRunner(graph, [("latent", latent), ("joints", _joints)], [("trajectory", _trajectory)]);
        _check = check;
    }

    /// <summary>Fills the trajectory's samples, or says why they must not be used.</summary>
    public PolicyFault Run(in RobotState state, PolicyTrajectory result)
    {
        var fault = _check.CheckLatent(state.CommandedJoints, _latent.Span);
        if (fault.Outcome != PolicyOutcome.Ok) return fault;
        Decode(state.CommandedJoints.AsSpan());
        if (!Finite.All(_trajectory.Span)) return new PolicyFault(PolicyOutcome.NonFinite, PolicyStage.Embodiment);

        WriteSamples(result.Samples);
        return _check.CheckSamples(state.CommandedJoints, _latent.Span, result);
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
