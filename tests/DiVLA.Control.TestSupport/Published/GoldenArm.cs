using System.Text.Json;
using System.Text.Json.Nodes;
using DiVLA.Control.ModelBuilder;
using DiVLA.Control.ModelBuilder.Safetensors;
using DiVLA.Control.Robot;

namespace DiVLA.Control.TestSupport.Published;

/// <summary>An arm for a golden case: as many joints as the head has numbers but one, which is the gripper.</summary>
/// <remarks>The golden numbers are no robot's: limits and the gripper's range are drawn around all of them, so that nothing is clipped.</remarks>
public sealed class GoldenArm
{
    /// <summary>Name of the embodiment.</summary>
    public const string Name = "golden-arm";

    /// <summary>Width of the open gripper. Unit: m.</summary>
    public const double OpenWidthM = 0.08;

    private const double ControlRateHz = 82;

    private readonly GoldenCase _case;
    private readonly int _states;
    private readonly double _reach;
    private readonly double _closed;
    private readonly double _open;

    public GoldenArm(GoldenCase golden)
    {
        _case = golden;
        var head = GoldenHead.Read(Path.Combine(golden.Folder.Checkpoint, ModelConfig.FileName));
        (JointCount, _states) = (head.ActionSize - 1, head.StateSize);
        using var expected = SafetensorsFile.Open(golden.ExpectedPath);
        var state = expected.Floats("qpos");
        var (least, most) = (Statistics("action_min"), Statistics("action_max"));
        _reach = 1 + new[] { state.Max(Math.Abs), least.Max(Math.Abs), most.Max(Math.Abs) }.Max();
        double[] gripper = _states > JointCount ? [least[^1], most[^1], state[JointCount]] : [least[^1], most[^1]];
        (_closed, _open) = (gripper.Min(), gripper.Max());
    }

    public int JointCount { get; }

    /// <summary>Numbers of an action.</summary>
    public int ActionSize => JointCount + 1;

    /// <summary>Names of the cameras, in the case's order.</summary>
    public IReadOnlyList<string> Cameras => [.. _case.Cameras.Select((_, index) => $"cam{index}")];

    /// <summary>Writes the description that `--embodiment` takes.</summary>
    public void Save(string path) => File.WriteAllText(path, Describe().ToJsonString());

    /// <summary>The description that `--embodiment` takes.</summary>
    public JsonObject Describe() => new()
    {
        ["name"] = Name,
        ["make"] = "none",
        ["model"] = "as many joints as the checkpoint has",
        ["joint_names"] = new JsonArray([.. Joints.Select(name => JsonValue.Create(name))]),
        ["position_lower_rad"] = Each(-_reach),
        ["position_upper_rad"] = Each(_reach),
        ["velocity_limit_rad_per_s"] = Each(100),
        ["acceleration_limit_rad_per_s2"] = Each(1000),
        ["jerk_limit_rad_per_s3"] = Each(100_000),
        ["control_rate_hz"] = ControlRateHz,
        ["hold"] = "decelerate_and_keep_position",
        ["rest_rad"] = Each(0),
        ["gripper"] = new JsonObject { ["open_width_m"] = OpenWidthM, ["closed_width_m"] = 0, ["speed_m_per_s"] = 10, ["holding_rule"] = "never" },
        ["affine"] = new JsonObject
        {
            ["states"] = new JsonArray([.. Joints.Append(AffineMapping.Gripper).Take(_states).Select(name => JsonValue.Create(name))]),
            ["gripper_closed"] = _closed,
            ["gripper_open"] = _open,
        },
        ["action_rate_hz"] = 50,
        ["cameras"] = new JsonArray([.. _case.Cameras.Select((size, index) => new JsonObject { ["name"] = Cameras[index], ["width"] = size.Width, ["height"] = size.Height })]),
    };

    /// <summary>What the arm reports where the case has this state, in the dataset's numbers.</summary>
    public RobotState StateOf(ReadOnlySpan<float> qpos)
    {
        Span<double> joints = stackalloc double[JointCount];
        for (var joint = 0; joint < Math.Min(JointCount, qpos.Length); joint++) joints[joint] = qpos[joint];
        var width = qpos.Length > JointCount ? Width(qpos[JointCount]) : OpenWidthM;
        var position = new JointPositions(joints);
        return new RobotState(position, new JointVelocities(stackalloc double[JointCount]), position, width, IsHolding: false);
    }

    /// <summary>A command as an action of the dataset, `[A]`.</summary>
    public float[] ActionOf(in RobotCommand command)
    {
        var action = new float[ActionSize];
        for (var joint = 0; joint < JointCount; joint++) action[joint] = (float)command.Joints[joint];
        action[JointCount] = (float)(command.GripperWidth / OpenWidthM * (_open - _closed) + _closed);
        return action;
    }

    private IEnumerable<string> Joints => Enumerable.Range(0, JointCount).Select(joint => $"joint{joint}");

    private JsonArray Each(double value) => new([.. Enumerable.Repeat(value, JointCount).Select(number => JsonValue.Create(number))]);

    private double Width(double number) => (number - _closed) / (_open - _closed) * OpenWidthM;

    private double[] Statistics(string key)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(_case.Folder.StatisticsFile));
        return [.. json.RootElement.GetProperty(key).EnumerateArray().Select(number => number.GetDouble())];
    }
}
