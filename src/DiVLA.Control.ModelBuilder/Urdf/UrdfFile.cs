using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using DiVLA.Control.Robot;

namespace DiVLA.Control.ModelBuilder.Urdf;

/// <summary>Links and joints of a URDF file. Shapes, masses and all else that kinematics do not need are passed over.</summary>
internal sealed class UrdfFile
{
    private const string XacroNamespace = "xacro";

    private readonly string _path;
    private readonly List<string> _faults = [];

    private UrdfFile(string path) => _path = path;

    /// <summary>Name of the robot.</summary>
    public string Name { get; private set; } = "";

    /// <summary>Names of all links.</summary>
    public IReadOnlyList<string> Links { get; private set; } = [];

    public IReadOnlyList<UrdfJoint> Joints { get; private set; } = [];

    /// <summary>Reads a file.</summary>
    /// <exception cref="ModelBuildException">It is no URDF; lists all that is wrong, with the joint.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static UrdfFile Read(string path)
    {
        var file = new UrdfFile(path);
        file.Read();
        return file._faults.Count == 0 ? file : throw new ModelBuildException(file._faults);
    }

    private void Read()
    {
        var robot = Load();
        if (robot.Name.LocalName != "robot") throw Rejected($"the document is <{robot.Name.LocalName}>, expected <robot>");
        if (robot.Attributes().Any(attribute => attribute.IsNamespaceDeclaration && attribute.Name.LocalName == XacroNamespace) && robot.Elements().Any(element => element.Name.NamespaceName.Contains(XacroNamespace, StringComparison.Ordinal)))
            throw Rejected("is a xacro file; expand it first, as in `xacro arm.urdf.xacro > arm.urdf`");
        Name = (string?)robot.Attribute("name") ?? "";
        Links = [.. robot.Elements("link").Select(link => (string?)link.Attribute("name") ?? "")];
        Joints = [.. robot.Elements("joint").Select(Joint).OfType<UrdfJoint>()];
        foreach (var name in Links.CountBy(name => name).Where(count => count.Value > 1)) Fault($"link '{name.Key}' is there {name.Value} times");
        foreach (var name in Joints.CountBy(joint => joint.Name).Where(count => count.Value > 1)) Fault($"joint '{name.Key}' is there {name.Value} times");
    }

    private XElement Load()
    {
        try
        {
            using var reader = XmlReader.Create(_path, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            return XDocument.Load(reader).Root!;
        }
        catch (XmlException fault)
        {
            throw Rejected(fault.Message);
        }
    }

    private UrdfJoint? Joint(XElement element)
    {
        var name = (string?)element.Attribute("name") ?? "";
        var type = (string?)element.Attribute("type") ?? "";
        if (!Enum.TryParse<UrdfJointType>(type, ignoreCase: true, out var kind) || int.TryParse(type, out _))
        {
            Fault($"joint '{name}': type is '{type}', expected one of {string.Join(", ", Enum.GetNames<UrdfJointType>()).ToLowerInvariant()}");
            return null;
        }
        return new UrdfJoint(
            name,
            kind,
            Link(element, name, "parent"),
            Link(element, name, "child"),
            Origin(element.Element("origin"), name),
            Axis(element.Element("axis"), name, kind),
            Range(element.Element("limit"), name, kind),
            Number(element.Element("limit"), "velocity", name) is > 0 and var velocity ? velocity : null,
            (string?)element.Element("mimic")?.Attribute("joint"));
    }

    private string Link(XElement joint, string name, string end)
    {
        var link = (string?)joint.Element(end)?.Attribute("link") ?? "";
        if (!Links.Contains(link)) Fault($"joint '{name}': {end} link '{link}' is not in the file");
        return link;
    }

    private RigidTransform Origin(XElement? origin, string joint)
    {
        var shift = Vector(origin, "xyz", joint, default);
        var turn = Vector(origin, "rpy", joint, default);
        return Poses.Of(shift, turn);
    }

    private Vector3d Axis(XElement? axis, string joint, UrdfJointType type)
    {
        var direction = Vector(axis, "xyz", joint, new Vector3d(1, 0, 0));
        if (direction.Length < 1e-6 && type is not UrdfJointType.Fixed) Fault($"joint '{joint}': axis has no direction");
        return direction.Normalized();
    }

    // Both limits are 0 where the file leaves them out: that is no range.
    private JointRange? Range(XElement? limit, string joint, UrdfJointType type)
    {
        if (type != UrdfJointType.Revolute) return null;
        var (lower, upper) = (Number(limit, "lower", joint) ?? 0, Number(limit, "upper", joint) ?? 0);
        if (lower > upper) Fault(FormattableString.Invariant($"joint '{joint}': lower limit {lower} is above the upper limit {upper}"));
        return lower < upper ? new JointRange(lower, upper) : null;
    }

    private double? Number(XElement? element, string attribute, string joint)
    {
        if ((string?)element?.Attribute(attribute) is not { } text) return null;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)) return number;
        Fault($"joint '{joint}': {attribute} is '{text}', expected a number");
        return null;
    }

    private Vector3d Vector(XElement? element, string attribute, string joint, Vector3d missing)
    {
        if ((string?)element?.Attribute(attribute) is not { } text) return missing;
        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var numbers = new double[3];
        var isRight = words.Length == 3;
        for (var i = 0; i < 3 && isRight; i++) isRight = double.TryParse(words[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i]) && double.IsFinite(numbers[i]);
        if (!isRight) Fault($"joint '{joint}': {attribute} is '{text}', expected three numbers");
        return isRight ? new Vector3d(numbers[0], numbers[1], numbers[2]) : missing;
    }

    private void Fault(string problem) => _faults.Add($"{_path}: {problem}");

    private ModelBuildException Rejected(string problem) => new([$"{_path}: {problem}"]);
}
