using DiVLA.Control.Datasets.Format;
using DiVLA.Control.Datasets.Reading;
using DiVLA.Control.ModelBuilder;
using DiVLA.Control.Robot;
using DiVLA.Control.Training.Data;

namespace DiVLA.Control.Training.Demonstrations;

/// <summary>One dataset as the policy learns from it: states, trajectories and words. N rows, H samples.</summary>
internal sealed class DemonstrationDataset
{
    private readonly ArmKinematics _kinematics;
    private readonly double _samplePeriod;
    private readonly int _horizon;
    private readonly int[] _episodes;

    private DemonstrationDataset(LeRobotDataset dataset, ColumnMap map, ColumnBinding binding, EmbodimentProfile arm)
    {
        (Dataset, Cameras, _horizon) = (dataset, binding.Cameras, SampleGenerator.Horizon);
        (_kinematics, _samplePeriod) = (arm.CreateKinematics(), SampleGenerator.SamplePeriodTicks / arm.ControlRateHz);
        Arm = new DemonstratedArm(dataset, map, binding, arm);
        _episodes = [.. dataset.Episodes.SelectMany(episode => Enumerable.Repeat(episode.Index, episode.Length))];
        Phrases = [.. dataset.Episodes.SelectMany(episode => Enumerable.Range(0, episode.Length).Select(row => dataset.PhraseAt(episode, row, map.PhraseStyle)))];
    }

    public LeRobotDataset Dataset { get; }

    public DemonstratedArm Arm { get; }

    /// <summary>Columns of pictures, in the policy's order.</summary>
    public string[] Cameras { get; }

    /// <summary>Reasoning phrase of each row, `[N]`; null where nothing was said.</summary>
    public string?[] Phrases { get; }

    /// <summary>Takes a dataset for an arm.</summary>
    /// <exception cref="DatasetRejectedException">A column is missing, or an episode is shorter than the horizon; every fault is named.</exception>
    public static DemonstrationDataset Open(string directory, ColumnMap map, EmbodimentProfile arm, IEnumerable<CameraConfig> cameras)
    {
        var dataset = LeRobotDataset.Open(directory);
        var faults = new List<DatasetFault>();
        var binding = ColumnBinding.Bind(dataset, map, arm, cameras, faults);
        CheckLengths(dataset, arm, faults);
        return faults.Count == 0 ? new DemonstrationDataset(dataset, map, binding, arm) : throw new DatasetRejectedException(directory, faults);
    }

    /// <summary>What is known of a row, and what is to be done from there.</summary>
    public Demonstration At(long row)
    {
        var episode = Dataset.Episodes[_episodes[row]];
        var future = new (RigidTransform, bool)[_horizon];
        for (var h = 0; h < future.Length; h++) future[h] = (CommandedTool(episode, row, (h + 1) * _samplePeriod), Arm.IsOpenAt(episode, row, (h + 1) * _samplePeriod));
        return new Demonstration(
            Dataset.TaskOf(row), Phrases[row], _kinematics.ToolPose(Arm.Measured(row)), Arm.GripperWidth(row), Arm.IsHolding(episode, row), CommandedTool(episode, row, 0), future);
    }

    /// <summary>Commanded joints at a row and at each sample after it, `[H + 1, n]`. Unit: rad.</summary>
    public void Motion(long row, Span<double> joints)
    {
        var episode = Dataset.Episodes[_episodes[row]];
        var n = _kinematics.JointCount;
        for (var h = 0; h <= _horizon; h++) Arm.CommandedAt(episode, row, h * _samplePeriod, joints.Slice(h * n, n));
    }

    private RigidTransform CommandedTool(EpisodeEntry episode, long row, double seconds)
    {
        Span<double> joints = stackalloc double[_kinematics.JointCount];
        Arm.CommandedAt(episode, row, seconds, joints);
        return _kinematics.ToolPose(joints);
    }

    private static void CheckLengths(LeRobotDataset dataset, EmbodimentProfile arm, List<DatasetFault> faults)
    {
        var horizon = SampleGenerator.Horizon * SampleGenerator.SamplePeriodTicks / arm.ControlRateHz;
        foreach (var episode in dataset.Episodes.Where(episode => episode.Length < horizon * dataset.Info.Fps))
            faults.Add(new DatasetFault("meta/episodes", episode.Index, "length", FormattableString.Invariant(
                $"episode {episode.Index} has {episode.Length} rows at {dataset.Info.Fps} a second, shorter than the policy's horizon of {horizon:F2} s. Leave it out.")));
    }
}

/// <summary>One row of somebody's demonstration.</summary>
/// <param name="Instruction">In words.</param>
/// <param name="Phrase">The reasoning phrase; null where nothing was said.</param>
/// <param name="Measured">Tool pose in the table frame.</param>
/// <param name="GripperWidth">Unit: m.</param>
/// <param name="IsHolding">True where something is between the fingers.</param>
/// <param name="Commanded">Tool pose of the commanded joints, which the trajectory starts from.</param>
/// <param name="Future">The trajectory, `[H]`: tool pose, and whether the gripper is told to be open.</param>
internal sealed record Demonstration(
    string Instruction, string? Phrase, RigidTransform Measured, double GripperWidth, bool IsHolding, RigidTransform Commanded, (RigidTransform Tool, bool IsOpen)[] Future);
