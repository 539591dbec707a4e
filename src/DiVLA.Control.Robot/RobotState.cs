namespace DiVLA.Control.Robot;

/// <summary>What the arm reports with every observation.</summary>
/// <param name="Joints">Measured joint positions. Unit: rad.</param>
/// <param name="Velocities">Measured joint velocities. Unit: rad/s.</param>
/// <param name="CommandedJoints">Joint positions that the arm was last told; plans are anchored here. Unit: rad.</param>
/// <param name="GripperWidth">Measured distance between the fingers. Unit: m.</param>
/// <param name="IsHolding">True while the gripper has something between its fingers.</param>
public record struct RobotState(
    JointPositions Joints,
    JointVelocities Velocities,
    JointPositions CommandedJoints,
    double GripperWidth,
    bool IsHolding);
