namespace DiVLA.Control.RealTime;

/// <summary>Rules of the limiter that changed a command.</summary>
[Flags]
public enum LimiterRules
{
    None = 0,

    /// <summary>A joint's position range, its stopping distance included.</summary>
    Position = 1,

    /// <summary>A joint's velocity limit.</summary>
    Velocity = 2,

    /// <summary>A joint's acceleration limit.</summary>
    Acceleration = 4,

    /// <summary>A joint's jerk limit.</summary>
    Jerk = 8,

    /// <summary>The target was not finite; the arm brakes instead.</summary>
    NonFinite = 16,

    /// <summary>The gripper's range of widths.</summary>
    GripperRange = 32,

    /// <summary>The gripper's speed; counted at the tick at which the width asked for changes, not on the way there.</summary>
    GripperSpeed = 64,
}
