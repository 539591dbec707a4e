using DiVLA.Control.Datasets.Format;
using DiVLA.Control.Datasets.Recording;
using DiVLA.Control.Datasets.Writing;
using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.Arm;
using DiVLA.Control.Simulator.Expert;
using DiVLA.Control.Simulator.Robot;
using DiVLA.Control.Simulator.Tasks;
using DiVLA.Control.Simulator.World;

namespace DiVLA.Control.Training.Tests.Demonstrations;

/// <summary>The scripted expert at work on the simulated arm, written as a dataset, with everything it was made of kept to compare with.</summary>
internal sealed class ExpertRecording : IDisposable
{
    /// <summary>Said from half a second on.</summary>
    public const string Phrase = "target red cube at front left, put it in the left bin, now reaching";

    private const int PictureWidth = 96;
    private const int PictureHeight = 80;

    private readonly double _angleScale;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("divla-expert-");

    /// <param name="fps">Rows a second: 82 or 41.</param>
    /// <param name="edit">Changes the columns before they are written.</param>
    /// <param name="angleScale">Factor of all angles that are written.</param>
    /// <param name="rows">Rows of each episode.</param>
    public ExpertRecording(int fps = 82, Action<DatasetSpecification>? edit = null, double angleScale = 1, params int[] rows)
    {
        _angleScale = angleScale;
        var specification = RobotSchema.For(SimulatedCameras.ContractOf(ArmProfiles.Panda) with { Cameras = [new("front", PictureWidth, PictureHeight), new("wrist", PictureWidth, PictureHeight)] }, CameraStorage.Images, fps);
        edit?.Invoke(specification);
        var writer = DatasetWriter.Open(Root, specification);
        foreach (var length in rows.Length == 0 ? [120] : rows) Record(writer, specification, length, 82 / fps);
    }

    public string Root => _folder.FullName;

    /// <summary>What the arm reported at each row.</summary>
    public List<RobotState> States { get; } = [];

    /// <summary>What it was told at each tick of the last episode.</summary>
    public List<RobotCommand> Commands { get; } = [];

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>One colour a row and camera.</summary>
    public static byte Shade(int row, int camera) => (byte)(20 + 2 * (row % 100) + camera);

    private void Record(DatasetWriter writer, DatasetSpecification specification, int rows, int ticksPerRow)
    {
        var episode = EpisodeSampler.Sample(SeedSplit.Training, 11, TaskFamily.Direct);
        var world = new SimulatedWorld(ArmProfiles.Panda, episode.Scene, episode.StartJoints(ArmProfiles.Panda));
        var expert = new ExpertController(ArmProfiles.Panda);
        Commands.Clear();
        using var draft = writer.Begin();
        for (var row = 0; row < rows; row++)
        {
            var state = world.State;
            States.Add(state);
            for (var tick = 0; tick < ticksPerRow; tick++)
            {
                Commands.Add(expert.Command(world, episode.Goal));
                world.Step(Commands[^1], 1.0 / 82);
            }
            Add(draft, specification, row, state, Commands[^1]);
        }
        draft.Say(new LanguageRow(LanguageRow.Assistant, Phrase, LanguageRow.SubtaskStyle, 0.5f));
        writer.Commit(draft, "put the red cube in the left bin");
    }

    private void Add(EpisodeDraft draft, DatasetSpecification specification, int row, RobotState state, RobotCommand command)
    {
        draft.Add(FeatureNames.State, Numbers(state.Joints, state.GripperWidth));
        draft.Add(FeatureNames.Action, Numbers(command.Joints, command.GripperWidth));
        for (var camera = 0; camera < 2; camera++) draft.AddPicture(specification.Features.Where(feature => feature.Value.IsCamera).ElementAt(camera).Key, Picture(row, camera));
        if (specification.Features.ContainsKey(RobotSchema.Holding)) draft.Add(RobotSchema.Holding, state.IsHolding);
        draft.Add(RobotSchema.CapturedNs, row);
        draft.Add(RobotSchema.Tick, row);
        draft.EndRow();
    }

    private float[] Numbers(JointPositions joints, double gripper) => [.. joints.AsSpan().ToArray().Select(angle => (float)(angle * _angleScale)), (float)gripper];

    private static byte[] Picture(int row, int camera)
    {
        var rgb = new byte[PictureWidth * PictureHeight * 3];
        rgb.AsSpan().Fill(Shade(row, camera));
        return rgb;
    }
}
