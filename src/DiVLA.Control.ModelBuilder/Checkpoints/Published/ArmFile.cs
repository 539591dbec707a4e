using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using DiVLA.Control.Policy.Decode;
using DiVLA.Control.Robot;

namespace DiVLA.Control.ModelBuilder.Checkpoints.Published;

/// <summary>The description of an arm that a lab writes for its published checkpoint: a profile, without what the checkpoint and its statistics say.</summary>
/// <param name="Path">The file.</param>
/// <param name="Profile">The arm; ids and mapping are still open.</param>
/// <param name="Cameras">In the order of training; none where the file has none.</param>
/// <param name="ActionRateHz">Actions a second in the dataset; null where the file does not say.</param>
/// <param name="Layout">What each number of the dataset is; null where they are the joints in order.</param>
internal sealed record ArmFile(string Path, EmbodimentProfile Profile, CameraConfig[] Cameras, double? ActionRateHz, JointLayout? Layout)
{
    private const int MaxPixels = 4096;

    // Written anew from the checkpoint and its statistics: the profile of another bundle may be given as it is.
    private static readonly string[] _replaced = ["mapping", "state_id", "latent_id", "seal"];
    private static readonly string[] _statistics = ["action_min", "action_max", "state_mean", "state_std"];

    private static readonly JsonDocumentOptions _documentOptions = new() { AllowDuplicateProperties = false, CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Reads a file; null, with what is wrong added to the faults, where it cannot be used.</summary>
    public static ArmFile? Read(string path, ICollection<string> faults)
    {
        try
        {
            if (JsonNode.Parse(File.ReadAllText(path), documentOptions: _documentOptions) is not JsonObject json) throw new JsonException("is no object.");
            var problems = new List<string>();
            var cameras = Member<CameraConfig[]>(json, "cameras", problems) ?? [];
            var rate = Member<double?>(json, "action_rate_hz", problems);
            var layout = ReadLayout(json, problems);
            foreach (var name in _replaced) json.Remove(name);
            (json["state_id"], json["latent_id"]) = ("", "");
            json.TryAdd("mount", JsonSerializer.SerializeToNode(RigidTransform.Identity.ToRows()));
            json.TryAdd("links", new JsonArray());
            var isRead = problems.Count == 0;
            isRead &= MemberFaults.TakeFrom(json, _profileOptions.GetTypeInfo(typeof(EmbodimentProfile)), problems);
            foreach (var problem in problems) faults.Add($"{path}: {problem}");
            return isRead ? new ArmFile(path, json.Deserialize<EmbodimentProfile>(_profileOptions)!, cameras, rate, layout) : null;
        }
        catch (Exception fault) when (fault is JsonException or IOException or UnauthorizedAccessException)
        {
            faults.Add(fault is FileNotFoundException or DirectoryNotFoundException ? $"{path}: is missing." : $"{path}: {fault.Message}");
            return null;
        }
    }

    /// <summary>What keeps a list of cameras from being used, after the name of where it stands.</summary>
    public static IEnumerable<string> FaultsOf(IReadOnlyList<CameraConfig> cameras)
    {
        foreach (var camera in cameras)
        {
            if (string.IsNullOrWhiteSpace(camera.Name)) yield return "a camera has no name.";
            if (cameras.Count(other => other.Name == camera.Name) > 1) yield return $"'{camera.Name}' is there more than once.";
            var (shorter, longer) = (Math.Min(camera.Width, camera.Height), Math.Max(camera.Width, camera.Height));
            if (shorter < 1 || longer > MaxPixels) yield return $"'{camera.Name}' is {camera.Width} x {camera.Height}, sides of 1 to {MaxPixels} pixels are needed.";
            else if (longer > SmartResize.MaxAspectRatio * shorter)
                yield return $"'{camera.Name}' is {camera.Width} x {camera.Height}, a side may be at most {SmartResize.MaxAspectRatio} times the other.";
        }
    }

    private static JointLayout? ReadLayout(JsonObject json, List<string> problems)
    {
        if (json["affine"] is JsonObject affine) foreach (var name in _statistics) affine.Remove(name);
        return Member<JointLayout>(json, "affine", problems);
    }

    // What the profile's type does not have.
    private static T? Member<T>(JsonObject json, string name, List<string> problems)
    {
        if (!json.Remove(name, out var value) || value is null) return default;
        try
        {
            return value.Deserialize<T>(ModelConfig.JsonOptions);
        }
        catch (JsonException fault)
        {
            problems.Add($"{name}: {fault.Message}");
            return default;
        }
    }

    private static readonly JsonSerializerOptions _profileOptions = new(EmbodimentProfile.JsonOptions)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };
}

/// <summary>What each number of a dataset's actions and states is.</summary>
/// <param name="Actions">Names of joints, and <see cref="AffineMapping.Gripper"/>, `[A]`; null for the joints in order and then the gripper.</param>
/// <param name="States">The same for states, `[S]`.</param>
/// <param name="GripperClosed">The dataset's number for a closed gripper; null where it has widths in m.</param>
/// <param name="GripperOpen">The dataset's number for an open gripper; null where it has widths in m.</param>
internal sealed record JointLayout(string[]? Actions = null, string[]? States = null, double? GripperClosed = null, double? GripperOpen = null);
