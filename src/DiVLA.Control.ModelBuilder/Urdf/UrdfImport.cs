using DiVLA.Control.Robot;

namespace DiVLA.Control.ModelBuilder.Urdf;

/// <summary>Makes an arm's profile from its URDF: joint names, limits and kinematics are read, the rest is asked for.</summary>
public sealed class UrdfImport
{
    private const int PoseNumbers = 6;
    private const string HoldingRule = "set while the fingers are stopped by an object, cleared when they are told to open";

    private readonly string _path;
    private readonly UrdfFile _file;

    private UrdfImport(string path, UrdfFile file) => (_path, _file) = (path, file);

    /// <summary>Reads a file.</summary>
    /// <exception cref="ModelBuildException">It is no URDF; lists all that is wrong.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static UrdfImport Open(string path) => new(path, UrdfFile.Read(path));

    /// <summary>Everything that neither the file nor the answers say, in the order in which one would ask.</summary>
    /// <exception cref="ModelBuildException">The file holds no such arm as the answers name.</exception>
    public IReadOnlyList<ImportQuestion> Missing(ImportAnswers answers)
    {
        var chain = UrdfChain.Find(_file, answers.BaseLink, answers.ToolLink);
        var n = chain.Joints.Count;
        var questions = new List<ImportQuestion>();
        Ask(answers.Name is null && !IsName(_file.Name), "--name", "name of the profile, of letters, digits, '-', '_', '.'");
        Ask(answers.Make is null, "--make", "who makes the arm");
        Ask(answers.Model is null, "--model", "what the maker calls it");
        foreach (var joint in chain.Joints.Where(joint => joint.Range is null && !answers.Ranges.ContainsKey(joint.Name)))
            questions.Add(new ImportQuestion("--range", joint.Name, $"position limits, which the file does not give ({joint.Type.ToString().ToLowerInvariant()}), in rad"));
        Ask(answers.Velocity is null && chain.Joints.Any(joint => joint.Velocity is null), "--velocity", $"speed limits, one or {n} numbers, in rad/s");
        Ask(answers.Acceleration is null, "--acceleration", $"acceleration limits, one or {n} numbers, in rad/s^2");
        Ask(answers.Jerk is null, "--jerk", $"jerk limits, one or {n} numbers, in rad/s^3");
        Ask(answers.Mount is null, "--mount", $"pose of '{chain.BaseLink}' in the table frame: x,y,z or x,y,z,roll,pitch,yaw, in m and rad");
        Ask(answers.ToolOffset is null, "--tool-offset", $"from '{chain.ToolLink}' to the point between the fingertips, z along the fingers and y from finger to finger: x,y,z or x,y,z,roll,pitch,yaw, in m and rad");
        Ask(answers.Start is null, "--start", $"joint positions over the table with the tool pointing down, {n} numbers, in rad");
        Ask(answers.GripperOpen is null, "--gripper-open", "distance between the open fingers, in m");
        Ask(answers.GripperClosed is null, "--gripper-closed", "distance between the closed fingers, in m");
        Ask(answers.GripperSpeed is null, "--gripper-speed", "speed of the distance between the fingers, in m/s");
        return questions;

        void Ask(bool isMissing, string option, string what)
        {
            if (isMissing) questions.Add(new ImportQuestion(option, null, what));
        }
    }

    /// <summary>Makes the profile. Nothing may be missing.</summary>
    /// <exception cref="ModelBuildException">An answer does not fit; lists all that do not, by option.</exception>
    public EmbodimentProfile Create(ImportAnswers answers)
    {
        var chain = UrdfChain.Find(_file, answers.BaseLink, answers.ToolLink);
        var faults = Misfits(chain, answers).ToArray();
        if (faults.Length > 0) throw new ModelBuildException(faults);
        var profile = Compose(chain, answers);
        var wrong = ProfileRules.Faults(profile);
        return wrong.Count == 0 ? profile : throw new ModelBuildException([.. wrong.Select(fault => $"{_path}: {fault}")]);
    }

    private EmbodimentProfile Compose(UrdfChain chain, ImportAnswers answers)
    {
        var n = chain.Joints.Count;
        JointRange[] ranges = [.. chain.Joints.Select(joint => answers.Ranges.TryGetValue(joint.Name, out var range) ? range : joint.Range!.Value)];
        return new EmbodimentProfile
        {
            Name = answers.Name ?? _file.Name,
            Make = answers.Make!,
            Model = answers.Model!,
            JointNames = [.. chain.Joints.Select(joint => joint.Name)],
            PositionLowerRad = [.. ranges.Select(range => range.Lower)],
            PositionUpperRad = [.. ranges.Select(range => range.Upper)],
            VelocityLimitRadPerS = answers.Velocity is { } velocity ? Spread(velocity, n) : [.. chain.Joints.Select(joint => joint.Velocity!.Value)],
            AccelerationLimitRadPerS2 = Spread(answers.Acceleration!, n),
            JerkLimitRadPerS3 = Spread(answers.Jerk!, n),
            ControlRateHz = answers.ControlRateHz,
            Hold = HoldBehaviour.DecelerateAndKeepPosition,
            RestRad = answers.Start!,
            Mount = Poses.Rows(Pose(answers.Mount!)),
            Links = [.. chain.Links(Pose(answers.ToolOffset!)).Select(link => Poses.Rows(link))],
            Gripper = new GripperProfile(answers.GripperOpen!.Value, answers.GripperClosed!.Value, answers.GripperSpeed!.Value, HoldingRule),
            StateId = TaskSpaceTerms.StateId,
            LatentId = TaskSpaceTerms.LatentId,
            Source = $"{Path.GetFileName(_path)}, from '{chain.BaseLink}' to '{chain.ToolLink}'",
        };
    }

    private static IEnumerable<string> Misfits(UrdfChain chain, ImportAnswers answers)
    {
        var n = chain.Joints.Count;
        foreach (var (option, numbers) in new[] { ("--velocity", answers.Velocity), ("--acceleration", answers.Acceleration), ("--jerk", answers.Jerk) })
            if (numbers is not null && numbers.Length != 1 && numbers.Length != n) yield return $"{option}: found {numbers.Length} numbers, expected 1 or {n}, one a joint";
        foreach (var (option, numbers) in new[] { ("--mount", answers.Mount), ("--tool-offset", answers.ToolOffset) })
            if (numbers is not null && numbers.Length is not (3 or PoseNumbers)) yield return $"{option}: found {numbers.Length} numbers, expected x,y,z or x,y,z,roll,pitch,yaw";
        if (answers.Start is { } start && start.Length != n) yield return $"--start: found {start.Length} numbers, expected {n}, one a joint";
        foreach (var unknown in answers.Ranges.Keys.Except(chain.Joints.Select(joint => joint.Name)))
            yield return $"--range: the arm has no joint '{unknown}', only {string.Join(", ", chain.Joints.Select(joint => joint.Name))}";
    }

    private static RigidTransform Pose(double[] numbers) => Poses.Of(
        new Vector3d(numbers[0], numbers[1], numbers[2]),
        numbers.Length == PoseNumbers ? new Vector3d(numbers[3], numbers[4], numbers[5]) : default);

    private static double[] Spread(double[] numbers, int count) => numbers.Length == 1 ? [.. Enumerable.Repeat(numbers[0], count)] : numbers;

    private static bool IsName(string name) => name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}
