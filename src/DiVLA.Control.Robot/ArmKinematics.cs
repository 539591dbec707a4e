namespace DiVLA.Control.Robot;

/// <summary>Forward kinematics and geometric Jacobian of a serial arm of revolute joints, in the table frame.</summary>
/// <remarks>
/// A chain of n + 1 fixed transforms, mount -> joint 1 ... joint n -> tool, with a turn Rz(q) between each two.
/// That form covers classic and modified Denavit-Hartenberg parameters and URDF chains alike. Does not allocate after construction.
/// </remarks>
public sealed class ArmKinematics
{
    private readonly RigidTransform[] _links;

    /// <summary>Takes the pose of the base in the table frame and the n + 1 fixed transforms.</summary>
    public ArmKinematics(RigidTransform mount, IReadOnlyList<RigidTransform> links)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(links.Count, 2, nameof(links));
        _links = [.. links];
        _links[0] = mount * _links[0];
    }

    /// <summary>Number of joints.</summary>
    public int JointCount => _links.Length - 1;

    /// <summary>Pose of the tool (between the fingertips) in the table frame.</summary>
    public RigidTransform ToolPose(ReadOnlySpan<double> joints)
    {
        var pose = _links[0];
        for (var joint = 0; joint < JointCount; joint++)
            pose = pose * RigidTransform.RotationZ(joints[joint]) * _links[joint + 1];
        return pose;
    }

    /// <summary>Pose of every joint frame (after its turn) and, last, of the tool: n + 1 poses in the table frame.</summary>
    public void LinkPoses(ReadOnlySpan<double> joints, Span<RigidTransform> poses)
    {
        var pose = _links[0];
        for (var joint = 0; joint < JointCount; joint++)
        {
            poses[joint] = pose * RigidTransform.RotationZ(joints[joint]);
            pose = poses[joint] * _links[joint + 1];
        }
        poses[JointCount] = pose;
    }

    /// <summary>Geometric Jacobian `[6, n]`, row-major: tool velocity (m/s) over tool rotation (rad/s) per joint velocity (rad/s).</summary>
    /// <returns>Pose of the tool, which the Jacobian is taken at.</returns>
    public RigidTransform Jacobian(ReadOnlySpan<double> joints, Span<double> jacobian)
    {
        Span<RigidTransform> poses = stackalloc RigidTransform[JointCount + 1];
        LinkPoses(joints, poses);
        var tool = poses[JointCount].Origin;
        for (var joint = 0; joint < JointCount; joint++)
        {
            var axis = poses[joint].AxisZ;
            var linear = Vector3d.Cross(axis, tool - poses[joint].Origin);
            (jacobian[joint], jacobian[JointCount + joint], jacobian[2 * JointCount + joint]) = linear;
            (jacobian[3 * JointCount + joint], jacobian[4 * JointCount + joint], jacobian[5 * JointCount + joint]) = axis;
        }
        return poses[JointCount];
    }
}
