using DiVLA.Control.Robot;

namespace DiVLA.Control.RealTime;

/// <summary>One instant at which a command is owed.</summary>
/// <param name="Index">Number of the tick; the first is 0.</param>
/// <param name="Due">When the command is owed.</param>
/// <param name="Skipped">Ticks between the tick served before and this one that passed without a command.</param>
public readonly record struct Tick(long Index, MonotonicTime Due, long Skipped);
