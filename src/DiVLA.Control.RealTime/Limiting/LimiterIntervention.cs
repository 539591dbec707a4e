namespace DiVLA.Control.RealTime;

/// <summary>One change that the limiter made.</summary>
/// <param name="TickIndex">Tick of the command.</param>
/// <param name="Joint">Number of the joint, base first; the number of joints for the gripper.</param>
/// <param name="Rules">Rules that asked for the change.</param>
/// <param name="Before">What the trajectory wanted. Unit: rad, m for the gripper.</param>
/// <param name="After">What was commanded. Unit: rad, m for the gripper.</param>
public readonly record struct LimiterIntervention(long TickIndex, int Joint, LimiterRules Rules, double Before, double After);
