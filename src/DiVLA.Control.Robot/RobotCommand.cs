namespace DiVLA.Control.Robot;

/// <summary>What the arm is told at one tick: where its joints and its gripper shall be at that instant.</summary>
/// <param name="Joints">Absolute joint positions. Unit: rad.</param>
/// <param name="GripperWidth">Distance between the fingers. Unit: m. Range: [0, open width of the profile].</param>
public record struct RobotCommand(JointPositions Joints, double GripperWidth);
