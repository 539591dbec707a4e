using DiVLA.Control.Robot;

namespace DiVLA.Control.ModelBuilder.Urdf;

/// <summary>The arm within a URDF tree: the joints between its base and its tool, base first.</summary>
internal sealed class UrdfChain
{
    private readonly IReadOnlyList<UrdfJoint> _path;

    private UrdfChain(string baseLink, string toolLink, IReadOnlyList<UrdfJoint> path) => (BaseLink, ToolLink, _path) = (baseLink, toolLink, path);

    public string BaseLink { get; }

    public string ToolLink { get; }

    /// <summary>Joints that turn.</summary>
    public IReadOnlyList<UrdfJoint> Joints => [.. _path.Where(joint => joint.Turns)];

    /// <summary>Finds the chain.</summary>
    /// <param name="file">The tree.</param>
    /// <param name="baseLink">Where it begins; null for the tree's root.</param>
    /// <param name="toolLink">Where it ends; null for the tree's only end.</param>
    /// <exception cref="ModelBuildException">There is no such chain, or none that an arm of turning joints has; says why, and what to name.</exception>
    public static UrdfChain Find(UrdfFile file, string? baseLink, string? toolLink)
    {
        var from = baseLink is null ? Root(file) : Known(file, baseLink, "--base-link");
        var to = toolLink is null ? OnlyEnd(file) : Known(file, toolLink, "--tool-link");
        var chain = new UrdfChain(from, to, Walk(file, from, to));
        var faults = chain.Faults().ToArray();
        return faults.Length == 0 ? chain : throw new ModelBuildException(faults);
    }

    /// <summary>Fixed transforms base -> joint 1 ... joint n -> tool, with a turn about z between each two, as profiles have them.</summary>
    /// <param name="toolOffset">From the tool link to the point between the fingertips.</param>
    public IReadOnlyList<RigidTransform> Links(in RigidTransform toolOffset)
    {
        var links = new List<RigidTransform>();
        var pose = RigidTransform.Identity;
        foreach (var joint in _path)
        {
            pose *= joint.Origin;
            if (!joint.Turns) continue;
            var turned = Poses.FromZTo(joint.Axis);
            links.Add(pose * turned);
            pose = turned.Inverse();
        }
        links.Add(pose * toolOffset);
        return links;
    }

    private static string Root(UrdfFile file)
    {
        var roots = file.Links.Except(file.Joints.Select(joint => joint.Child)).ToArray();
        return roots.Length == 1 ? roots[0] : throw Rejected($"the file has {roots.Length} roots ({string.Join(", ", roots)}); name the arm's with --base-link");
    }

    private static string OnlyEnd(UrdfFile file)
    {
        var ends = file.Links.Except(file.Joints.Select(joint => joint.Parent)).ToArray();
        return ends.Length == 1 ? ends[0] : throw Rejected($"the file ends in {ends.Length} links ({string.Join(", ", ends)}); name the one that the arm carries its gripper on with --tool-link, or any link before it");
    }

    private static string Known(UrdfFile file, string link, string option) =>
        file.Links.Contains(link) ? link : throw Rejected($"{option}: there is no link '{link}', only {string.Join(", ", file.Links)}");

    private static List<UrdfJoint> Walk(UrdfFile file, string from, string to)
    {
        var path = new List<UrdfJoint>();
        for (var link = to; link != from; link = path[^1].Parent)
        {
            var above = file.Joints.Where(joint => joint.Child == link).ToArray();
            if (above.Length == 0) throw Rejected($"'{to}' does not hang on '{from}': the way up ends at '{link}'. Correct --base-link or --tool-link.");
            if (above.Length > 1) throw Rejected($"link '{link}' hangs on {above.Length} joints ({string.Join(", ", above.Select(joint => joint.Name))}), expected one");
            if (path.Contains(above[0])) throw Rejected($"the joints above '{to}' go round in a circle at '{link}'");
            path.Add(above[0]);
        }
        path.Reverse();
        return path;
    }

    private IEnumerable<string> Faults()
    {
        if (Joints.Count is < 1 or > JointValues.Capacity) yield return $"between '{BaseLink}' and '{ToolLink}' are {Joints.Count} turning joints, expected 1 to {JointValues.Capacity}";
        foreach (var joint in _path)
        {
            if (joint.Type is not UrdfJointType.Fixed && !joint.Turns) yield return $"joint '{joint.Name}' is {joint.Type.ToString().ToLowerInvariant()}: arms of turning joints alone are supported";
            if (joint.Mimics is { } other) yield return $"joint '{joint.Name}' follows '{other}' and cannot be commanded by itself; end the chain before it with --tool-link";
        }
    }

    private static ModelBuildException Rejected(string problem) => new([problem]);
}
