using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.World;

namespace DiVLA.Control.Simulator.Tasks;

/// <summary>A task to try: the scene, where the arm starts, what it is told and what that means.</summary>
public sealed record Episode(TaskFamily Family, ulong Seed, string Instruction, Goal Goal, Scene Scene, JointPositions Start);
