using DiVLA.Control.ModelBuilder.Onnx;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Robot;
using static DiVLA.Control.ModelBuilder.Onnx.Attributes;

namespace DiVLA.Control.ModelBuilder.Graphs;

/// <summary>`embodiments/&lt;name&gt;/embodiment.onnx`: a latent and the commanded joints to absolute joints and gripper width.</summary>
/// <remarks>
/// <code>
///  latent [1, H, L] ─┬─► z [H, 6] ──────────────┐                              ┌─► M [H, n, 6] ─► M z ─┐
///                    │   one-hot [H, H] ────────┼─► concat ─► MLP ─► o [H, 7n] ┤                       ├─► + ─► * dq_rms ─► + joints ─┐
///  joints [1, n] ────┼─► q_feat [1, 3n] ─► [H] ─┘                              └─► b [H, n] * (h+1)/H ─┘                              ├─► trajectory
///                    └─► gripper sign [H, 1] ─► open or closed width ──────────────────────────────────────────────────────────────────┘
/// </code>
/// The matrix is predicted rather than the joints: no displacement then stays (nearly) no motion.
/// </remarks>
internal sealed class EmbodimentGraph
{
    // The last latent number is the gripper's sign; the others are the tool's displacement.
    private const int GripperNumbers = 1;

    // Deviations from the rest position are scaled to about one, as in training.
    private const float JointScaleRad = 0.4f;

    private readonly GraphBuilder _graph;
    private readonly EmbodimentProfile _profile;
    private readonly EmbodimentMapping _mapping;
    private readonly int _horizon;
    private readonly int _motion;

    private EmbodimentGraph(GraphBuilder graph, EmbodimentProfile profile, LatentConfig latent)
    {
        _graph = graph;
        (_profile, _mapping) = (profile, profile.Mapping!);
        _horizon = latent.Horizon;
        _motion = latent.Size - GripperNumbers;
    }

    /// <summary>Adds the whole stage to an empty graph.</summary>
    public static void Build(GraphBuilder graph, EmbodimentProfile profile, LatentConfig latent) =>
        new EmbodimentGraph(graph, profile, latent).Build();

    private int Joints => _profile.JointCount;

    private void Build()
    {
        var latent = _graph.Input("latent", TensorDtype.F32, 1, _horizon, _motion + GripperNumbers);
        var joints = _graph.Input("joints", TensorDtype.F32, 1, Joints);
        var samples = _graph.Reshape("/latent", latent, _horizon, _motion + GripperNumbers);
        var parts = _graph.Split("/latent", samples, 1, _motion, GripperNumbers);

        var displacement = Displacement(parts[0], Mlp(Features(parts[0], joints)));
        var absolute = _graph.Add("/joints", displacement, joints);
        var rows = _graph.Concat("/trajectory", 1, absolute, GripperWidth(parts[1]));
        var trajectory = _graph.Reshape("/trajectory", rows, 1, _horizon, Joints + 1);
        _graph.Output(trajectory, "trajectory", TensorDtype.F32, 1, _horizon, Joints + 1);
    }

    // [z_h, one-hot(h), (q - q_rest) / 0.4, sin q, cos q] as [H, 6 + H + 3 n]
    private Value Features(Value motion, Value joints)
    {
        var rest = _graph.Constant("/q_feat/rest", [.. _profile.RestRad.Select(angle => (float)angle)], 1, Joints);
        var deviation = _graph.Mul("/q_feat/deviation", _graph.Sub("/q_feat/deviation", joints, rest), _graph.Scalar(1 / JointScaleRad));
        var sine = _graph.Node("/q_feat", "Sin", [joints]);
        var cosine = _graph.Node("/q_feat", "Cos", [joints]);
        var row = _graph.Concat("/q_feat", 1, deviation, sine, cosine);
        var rows = _graph.Node("/q_feat", "Expand", [row, _graph.Integers(_horizon, 3 * Joints)]);
        return _graph.Concat("/features", 1, motion, OneHot(), rows);
    }

    private Value OneHot()
    {
        var identity = new float[_horizon * _horizon];
        for (var sample = 0; sample < _horizon; sample++) identity[sample * _horizon + sample] = 1;
        return _graph.Constant("/features/one_hot", identity, _horizon, _horizon);
    }

    private Value Mlp(Value rows)
    {
        var width = _mapping.Hidden;
        var inputs = _motion + _horizon + 3 * Joints;
        foreach (var layer in (int[])[0, 2, 4])
        {
            rows = _graph.Silu($"/mlp.{layer}", _graph.Linear($"/mlp.{layer}", rows, $"mlp.{layer}", inputs, width));
            inputs = width;
        }
        return _graph.Linear("/mlp.6", rows, "mlp.6", width, Joints * (_motion + 1));
    }

    // dq_h = (M z_h + b (h + 1) / H) * dq_rms[h]
    private Value Displacement(Value motion, Value output)
    {
        var parts = _graph.Split("/bilinear", output, 1, Joints * _motion, Joints);
        var matrix = _graph.Reshape("/bilinear/matrix", parts[0], _horizon, Joints, _motion);
        var products = _graph.Mul("/bilinear", matrix, _graph.Reshape("/bilinear/motion", motion, _horizon, 1, _motion));
        var moved = _graph.Node("/bilinear", "ReduceSum", [products, _graph.Integers(2)], Attribute("keepdims", 0L));
        var progress = _graph.Constant("/bias/progress", [.. Enumerable.Range(1, _horizon).Select(sample => (float)sample / _horizon)], _horizon, 1);
        var scale = _graph.Constant("/displacement/rms", [.. _mapping.DisplacementRmsRad.Select(rms => (float)rms)], _horizon, 1);
        return _graph.Mul("/displacement", _graph.Add("/displacement", moved, _graph.Mul("/bias", parts[1], progress)), scale);
    }

    private Value GripperWidth(Value sign) => _graph.Node(
        "/gripper",
        "Where",
        [
            _graph.Node("/gripper", "Greater", [sign, _graph.Scalar(0)]),
            _graph.Scalar((float)_profile.Gripper.OpenWidthM),
            _graph.Scalar((float)_profile.Gripper.ClosedWidthM),
        ]);
}
