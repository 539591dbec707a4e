using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using DiVLA.Control.ModelBuilder.Urdf;

namespace DiVLA.Control.Cli.Embodiments;

/// <summary>What a URDF does not say, as options. They are spelled as <see cref="ImportQuestion"/> asks for them.</summary>
internal sealed class ImportOptions
{
    private readonly Option<string?> _name = Text("--name", "Name of the profile. Default: the robot's name in the file.");
    private readonly Option<string?> _make = Text("--make", "Who makes the arm.");
    private readonly Option<string?> _model = Text("--model", "What the maker calls it.");
    private readonly Option<string?> _baseLink = Text("--base-link", "Link that the arm begins with. Default: the root of the file.");
    private readonly Option<string?> _toolLink = Text("--tool-link", "Link that the arm ends with. Default: the only end of the file.");
    private readonly Option<double[]?> _mount = Numbers("--mount", "Pose of the base link in the table frame: x,y,z or x,y,z,roll,pitch,yaw. Unit: m, rad.");
    private readonly Option<double[]?> _toolOffset = Numbers("--tool-offset", "From the tool link to the point between the fingertips, z along the fingers, y from finger to finger. As --mount.");
    private readonly Option<double[]?> _start = Numbers("--start", "Joint positions over the table with the tool pointing down, one number a joint. Unit: rad.");
    private readonly Option<double[]?> _velocity = Numbers("--velocity", "Speed limits in place of the file's, one number or one a joint. Unit: rad/s.");
    private readonly Option<double[]?> _acceleration = Numbers("--acceleration", "Acceleration limits, one number or one a joint. Unit: rad/s^2.");
    private readonly Option<double[]?> _jerk = Numbers("--jerk", "Jerk limits, one number or one a joint. Unit: rad/s^3.");
    private readonly Option<double[]?> _gripperOpen = Numbers("--gripper-open", "Distance between the open fingers. Unit: m.", 1);
    private readonly Option<double[]?> _gripperClosed = Numbers("--gripper-closed", "Distance between the closed fingers. Unit: m.", 1);
    private readonly Option<double[]?> _gripperSpeed = Numbers("--gripper-speed", "Speed of the distance between the fingers. Unit: m/s.", 1);

    private readonly Option<Dictionary<string, JointRange>> _ranges = new("--range")
    {
        Description = "Position limits of a joint that turns without end, or in place of the file's. May be given several times. Unit: rad.",
        HelpName = "JOINT=LOWER:UPPER",
        CustomParser = ParseRanges,
        DefaultValueFactory = _ => [],
    };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _name, _make, _model, _baseLink, _toolLink, _ranges, _velocity, _acceleration, _jerk, _mount, _toolOffset, _start, _gripperOpen, _gripperClosed, _gripperSpeed })
            command.Add(option);
    }

    /// <summary>What the command line says.</summary>
    public ImportAnswers Of(ParseResult parsed) => new()
    {
        Name = parsed.GetValue(_name),
        Make = parsed.GetValue(_make),
        Model = parsed.GetValue(_model),
        BaseLink = parsed.GetValue(_baseLink),
        ToolLink = parsed.GetValue(_toolLink),
        Ranges = parsed.GetRequiredValue(_ranges),
        Velocity = Given(parsed, _velocity),
        Acceleration = Given(parsed, _acceleration),
        Jerk = Given(parsed, _jerk),
        Mount = Given(parsed, _mount),
        ToolOffset = Given(parsed, _toolOffset),
        Start = Given(parsed, _start),
        GripperOpen = Given(parsed, _gripperOpen)?[0],
        GripperClosed = Given(parsed, _gripperClosed)?[0],
        GripperSpeed = Given(parsed, _gripperSpeed)?[0],
    };

    // The value of a list that was not given is an empty one.
    private static double[]? Given(ParseResult parsed, Option<double[]?> option) => parsed.GetResult(option) is null ? null : parsed.GetValue(option);

    private static Option<string?> Text(string name, string description) => new(name) { Description = description, HelpName = "TEXT" };

    private static Option<double[]?> Numbers(string name, string description, int? count = null) => new(name)
    {
        Description = description,
        HelpName = count == 1 ? "NUMBER" : "NUMBERS",
        CustomParser = result => ParseNumbers(name, count, result),
    };

    private static double[]? ParseNumbers(string name, int? count, ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (TryParse(text) is { } numbers && (count is null || numbers.Length == count)) return numbers;
        result.AddError($"{name}: found '{text}', expected {(count == 1 ? "a number" : "numbers separated by commas, as in 0.1,0,0.35")}");
        return null;
    }

    private static Dictionary<string, JointRange> ParseRanges(ArgumentResult result)
    {
        var ranges = new Dictionary<string, JointRange>();
        foreach (var token in result.Tokens)
        {
            var parts = token.Value.Split('=', 2);
            if (parts.Length == 2 && TryParse(parts[1].Replace(':', ',')) is [var lower, var upper] && lower < upper) ranges[parts[0]] = new JointRange(lower, upper);
            else result.AddError($"--range: found '{token.Value}', expected JOINT=LOWER:UPPER, as in joint_1=-3.14:3.14");
        }
        return ranges;
    }

    /// <summary>Numbers separated by commas; null where the text is something else.</summary>
    public static double[]? TryParse(string text)
    {
        var words = text.Split(',', StringSplitOptions.TrimEntries);
        var numbers = new double[words.Length];
        for (var i = 0; i < words.Length; i++)
            if (!double.TryParse(words[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i]) || !double.IsFinite(numbers[i])) return null;
        return numbers;
    }
}
