using DiVLA.Control.ModelBuilder.Onnx;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Robot;
using static DiVLA.Control.ModelBuilder.Onnx.Attributes;

namespace DiVLA.Control.ModelBuilder.Graphs;

/// <summary>`embodiments/&lt;name&gt;/embodiment.onnx`: a latent and the commanded joints to absolute joints and gripper width.</summary>
/// <remarks>
/// <code>
///  latent [1, H, L] ─┬─► z [H, 6] ─► as the turned first joint sees it: u [H, 6] ─┬─► head ─► o [H, 7n] ─┬─► M [H, n, 6] ─► M u ─┐
///                    │                                                            │    ▲                 │                       ├─► + ─► * dq_rms ─► + joints ─┐
///  joints [1, n] ────┼─► [3n] ─► trunk ──────────────────────────────────────────────────┘                 └─► b [H, n] * (h+1)/H ─┘                              ├─► trajectory
///                    └─► gripper sign [H, 1] ─► open or closed width ────────────────────────────────────────────────────────────────────────────────────────────┘
/// </code>
/// The matrix is predicted rather than the joints: no displacement then stays (nearly) no motion. Turning an arm about its first joint turns all that it
/// does, so that displacements are turned back by that joint's angle first and nothing has to be learnt for each angle anew.
/// </remarks>
public sealed class EmbodimentGraph
{
    /// <summary>Layers of the trunk.</summary>
    public const int TrunkLayers = 3;

    // The last latent number is the gripper's sign; the others are the tool's displacement.
    private const int GripperNumbers = 1;

    // Deviations from the rest position are scaled to about one, as in training.
    private const float JointScaleRad = 0.4f;

    private readonly GraphBuilder _graph;
    private readonly EmbodimentProfile _profile;
    private readonly EmbodimentMapping _mapping;
    private readonly int _horizon;
    private readonly int _motion = TaskSpaceTerms.LatentSize - GripperNumbers;

    private EmbodimentGraph(GraphBuilder graph, EmbodimentProfile profile, EmbodimentMapping mapping)
    {
        _graph = graph;
        _profile = profile;
        _mapping = mapping;
        _horizon = mapping.LatentRms.Length;
    }

    /// <summary>Adds the whole stage to an empty graph.</summary>
    /// <exception cref="ArgumentException">The profile has no mapping.</exception>
    internal static void Build(GraphBuilder graph, EmbodimentProfile profile) =>
        new EmbodimentGraph(graph, profile, profile.Mapping ?? throw new ArgumentException($"The profile of {profile.Name} has no mapping.", nameof(profile))).Build();

    private int Joints => _profile.JointCount;

    private int Width => _mapping.Hidden;

    private void Build()
    {
        var latent = _graph.Input("latent", TensorDtype.F32, 1, _horizon, _motion + GripperNumbers);
        var joints = _graph.Input("joints", TensorDtype.F32, 1, Joints);
        var samples = _graph.Reshape("/latent", latent, _horizon, _motion + GripperNumbers);
        var parts = _graph.Split("/latent", samples, 1, _motion, GripperNumbers);

        var motion = TurnedBack(parts[0], joints);
        var displacement = Displacement(motion, Head(motion, Trunk(joints)));
        var absolute = _graph.Add("/joints", displacement, joints);
        var rows = _graph.Concat("/trajectory", 1, absolute, GripperWidth(parts[1]));
        var trajectory = _graph.Reshape("/trajectory", rows, 1, _horizon, Joints + 1);
        _graph.Output(trajectory, "trajectory", TensorDtype.F32, 1, _horizon, Joints + 1);
    }

    // u_h = R^T d_h / s_h, d_h = z_h * rms_h in metres and radians, R the turn of the first joint, s_h one scale for shifts and one for turns.
    private Value TurnedBack(Value motion, Value joints)
    {
        var displacements = _graph.Mul("/turn/displacement", motion, Table("/turn/rms", FirstJointTurn.LatentScale(_mapping.LatentRms)));
        var vectors = _graph.Reshape("/turn/vectors", displacements, 2 * _horizon, 3);
        var turned = _graph.MatMul("/turn", vectors, Turn(joints));
        var scaled = _graph.Reshape("/turn/turned", turned, _horizon, _motion);
        return _graph.Mul("/turn/scaled", scaled, Table("/turn/scale", [.. FirstJointTurn.MotionScale(_mapping.LatentRms).Select(scale => 1 / scale)]));
    }

    // R = cos q (1 - a a^T) + a a^T + sin q [a]x about the axis a of the first joint in the table frame.
    private Value Turn(Value joints)
    {
        var axis = new FirstJointTurn(_profile);
        var angle = _graph.Slice("/turn/angle", joints, 1, 0, 1);
        var cosine = _graph.Mul("/turn/across", _graph.Node("/turn", "Cos", [angle]), _graph.Constant("/turn/across/matrix", axis.Across, 3, 3));
        var sine = _graph.Mul("/turn/around", _graph.Node("/turn", "Sin", [angle]), _graph.Constant("/turn/around/matrix", axis.Around, 3, 3));
        var both = _graph.Add("/turn/both", cosine, sine);
        return _graph.Add("/turn/rotation", both, _graph.Constant("/turn/along/matrix", axis.Along, 3, 3));
    }

    // x = silu(W0 f), x += silu(W1 x), x += silu(W2 x) over f = [(q - rest) / 0.4, sin q, cos q].
    private Value Trunk(Value joints)
    {
        var x = _graph.Silu("/trunk.0", _graph.Linear("/trunk.0", Posture(joints), "trunk.0", 3 * Joints, Width));
        for (var layer = 1; layer < TrunkLayers; layer++)
        {
            var path = $"/trunk.{layer}";
            x = _graph.Add(path, x, _graph.Silu(path, _graph.Linear(path, x, $"trunk.{layer}", Width, Width)));
        }
        return x;
    }

    private Value Posture(Value joints)
    {
        var rest = _graph.Constant("/posture/rest", [.. _profile.RestRad.Select(angle => (float)angle)], 1, Joints);
        var deviation = _graph.Mul("/posture/deviation", _graph.Sub("/posture/deviation", joints, rest), _graph.Scalar(1 / JointScaleRad));
        return _graph.Concat("/posture", 1, deviation, _graph.Node("/posture", "Sin", [joints]), _graph.Node("/posture", "Cos", [joints]));
    }

    // o_h = W_o silu(W_h silu(W_p x + W_m u_h + e_h)) + W_b x
    private Value Head(Value motion, Value trunk)
    {
        var posture = _graph.Linear("/head.posture", trunk, "head.posture", Width, Width);
        var moved = _graph.LinearNoBias("/head.motion", motion, "head.motion", _motion, Width);
        var place = _graph.Add("/head.sample", moved, _graph.Weight("head.sample", _horizon, Width));
        var x = _graph.Silu("/head.input", _graph.Add("/head.input", place, posture));
        x = _graph.Silu("/head.hidden", _graph.Linear("/head.hidden", x, "head.hidden", Width, Width));
        var outputs = Joints * (_motion + 1);
        var own = _graph.Linear("/head.output", x, "head.output", Width, outputs);
        return _graph.Add("/head", own, _graph.Linear("/base", trunk, "base", Width, outputs));
    }

    // dq_h = (M_h u_h + b_h (h + 1) / H) * dq_rms[h]
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

    private Value Table(string name, float[] values) => _graph.Constant(name, values, _horizon, _motion);
}
