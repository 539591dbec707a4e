using DiVLA.Control.Robot;

namespace DiVLA.Control.RealTime;

/// <summary>Where a trajectory wants the arm at one instant.</summary>
/// <param name="Joints">Unit: rad.</param>
/// <param name="Velocities">How fast the trajectory moves there. Unit: rad/s.</param>
/// <param name="GripperWidth">Unit: m.</param>
internal record struct TargetPoint(JointPositions Joints, JointVelocities Velocities, double GripperWidth)
{
    public readonly bool IsFinite() => Joints.IsFinite() && Velocities.IsFinite() && double.IsFinite(GripperWidth);
}
