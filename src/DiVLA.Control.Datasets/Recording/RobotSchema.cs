using DiVLA.Control.Datasets.Format;
using DiVLA.Control.Datasets.Video;
using DiVLA.Control.Datasets.Writing;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Datasets.Recording;

/// <summary>The columns that a robot under this service's control is recorded in.</summary>
/// <remarks>
/// Names of columns that a policy of somebody else's shall not take for inputs begin neither with `observation` nor with `action`: that is how the lerobot library tells.
/// </remarks>
public static class RobotSchema
{
    /// <summary>Whether something is between the fingers.</summary>
    public const string Holding = "gripper_holding";

    /// <summary>When state and pictures were taken. Robot clock. Unit: ns.</summary>
    public const string CapturedNs = "captured_ns";

    /// <summary>Tick of the session's timeline that the action was for.</summary>
    public const string Tick = "tick";

    /// <summary>Name of the last number of state and action: the distance between the fingers, in m.</summary>
    public const string Gripper = "gripper";

    /// <summary>The dataset of a robot: joints (rad) and gripper (m) as state and action, its cameras, what the policy said.</summary>
    public static DatasetSpecification For(EmbodimentContract contract, CameraStorage cameras, int fps)
    {
        string[] names = [.. contract.JointNames, Gripper];
        var features = new OrderedDictionary<string, Feature>
        {
            [FeatureNames.State] = Feature.Vector("float32", names),
            [FeatureNames.Action] = Feature.Vector("float32", names),
        };
        foreach (var camera in contract.Cameras) features.Add(ColumnOf(camera.Name), Feature.Camera(cameras == CameraStorage.Images ? "image" : "video", camera.HeightPx, camera.WidthPx));
        features.Add(Holding, Feature.Scalar("bool"));
        features.Add(CapturedNs, Feature.Scalar("int64"));
        features.Add(Tick, Feature.Scalar("int64"));
        features.Add(FeatureNames.LanguagePersistent, Feature.Scalar("language"));
        features.Add(FeatureNames.LanguageEvents, Feature.Scalar("language"));
        return new DatasetSpecification
        {
            Fps = fps,
            RobotType = contract.Embodiment,
            Features = features,
            Codec = cameras == CameraStorage.H264 ? VideoCodec.H264 : VideoCodec.Av1,
        };
    }

    /// <summary>Column of a camera's pictures.</summary>
    public static string ColumnOf(string camera) => FeatureNames.CameraPrefix + camera;

    /// <summary>Adds a row but for its pictures.</summary>
    internal static void Add(EpisodeDraft draft, in RecordedRow row)
    {
        Span<float> numbers = stackalloc float[JointValues.Capacity + 1];
        draft.Add(FeatureNames.State, Fill(numbers, row.State.Joints, row.State.GripperWidth));
        draft.Add(FeatureNames.Action, Fill(numbers, row.Command.Joints, row.Command.GripperWidth));
        draft.Add(Holding, row.State.IsHolding);
        draft.Add(CapturedNs, row.CapturedAt.Nanoseconds);
        draft.Add(Tick, (long)row.Tick);
    }

    private static ReadOnlySpan<float> Fill(Span<float> numbers, in JointPositions joints, double gripperWidth)
    {
        for (var joint = 0; joint < joints.Count; joint++) numbers[joint] = (float)joints[joint];
        numbers[joints.Count] = (float)gripperWidth;
        return numbers[..(joints.Count + 1)];
    }
}
