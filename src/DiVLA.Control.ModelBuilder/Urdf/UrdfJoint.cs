using DiVLA.Control.Robot;

namespace DiVLA.Control.ModelBuilder.Urdf;

/// <summary>One joint of a URDF file.</summary>
/// <param name="Name">As the file names it.</param>
/// <param name="Type">How it moves.</param>
/// <param name="Parent">Link that it is attached to.</param>
/// <param name="Child">Link that it moves.</param>
/// <param name="Origin">Pose of the joint in the parent's frame. Unit: m.</param>
/// <param name="Axis">Unit vector in the joint's frame.</param>
/// <param name="Range">Position limits; null where the file gives none. Unit: rad.</param>
/// <param name="Velocity">Speed limit; null where the file gives none. Unit: rad/s.</param>
/// <param name="Mimics">Joint that this one follows; null for none.</param>
internal sealed record UrdfJoint(
    string Name, UrdfJointType Type, string Parent, string Child, RigidTransform Origin, Vector3d Axis, JointRange? Range, double? Velocity, string? Mimics)
{
    /// <summary>True where it turns about its axis.</summary>
    public bool Turns => Type is UrdfJointType.Revolute or UrdfJointType.Continuous;
}

/// <summary>Position limits of a joint. Unit: rad.</summary>
public readonly record struct JointRange(double Lower, double Upper);

/// <summary>How a joint moves, by the words of the format.</summary>
internal enum UrdfJointType
{
    Fixed,
    Revolute,
    Continuous,
    Prismatic,
    Planar,
    Floating,
}
