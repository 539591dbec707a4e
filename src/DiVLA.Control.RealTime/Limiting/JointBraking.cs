namespace DiVLA.Control.RealTime;

/// <summary>How a joint comes to rest as fast as acceleration and jerk allow, tick by tick and exactly.</summary>
/// <remarks>
/// Everything here and in <see cref="JointLimiter"/> counts in ticks: velocity in rad/tick, acceleration in rad/tick^2, jerk in rad/tick^3, and
/// a tick does `acceleration += jerk; velocity += acceleration; position += velocity`. In these units commands are differences of each other,
/// and limits hold for the commands themselves, not for a continuous curve near them.
/// </remarks>
internal static class JointBraking
{
    /// <summary>The deceleration that, applied now and then taken back as fast as the jerk limit allows, ends at exactly zero speed.</summary>
    /// <remarks>Solves speed = c + (c - jerk)+ + (c - 2 jerk)+ + ... for c. Grows with the speed.</remarks>
    public static double DecelerationFor(double speed, double jerk)
    {
        var steps = Math.Floor((Math.Sqrt(1 + 8 * speed / jerk) - 1) / 2);
        return (speed + jerk * steps * (steps + 1) / 2) / (steps + 1);
    }

    /// <summary>The next acceleration of a joint that is to come to rest.</summary>
    public static double NextAcceleration(double velocity, double acceleration, double accelerationLimit, double jerk)
    {
        var wanted = velocity > 0 ? -DecelerationFor(velocity, jerk) : DecelerationFor(-velocity, jerk);
        return Math.Clamp(wanted, Math.Max(acceleration - jerk, -accelerationLimit), Math.Min(acceleration + jerk, accelerationLimit));
    }

    /// <summary>Goes through the whole way to rest. Ticks of constant deceleration are one step, so that the work does not grow with the speed.</summary>
    public static BrakingPath Path(double velocity, double acceleration, double accelerationLimit, double jerk)
    {
        var (position, high, low) = (0.0, 0.0, 0.0);
        while (velocity != 0 || acceleration != 0)
        {
            acceleration = NextAcceleration(velocity, acceleration, accelerationLimit, jerk);
            var ticks = TicksAtLimit(velocity, acceleration, accelerationLimit, jerk);
            position += ticks * (velocity + acceleration * (ticks + 1) / 2);
            velocity += ticks * acceleration;
            high = Math.Max(high, position);
            low = Math.Min(low, position);
        }
        return new BrakingPath(position, high, low);
    }

    // How many ticks the deceleration stays at its limit: until the speed is what the limit itself is the right deceleration for. At least this one.
    private static double TicksAtLimit(double velocity, double acceleration, double accelerationLimit, double jerk)
    {
        if (Math.Abs(acceleration) != accelerationLimit || velocity * acceleration > 0) return 1;
        var steps = Math.Floor(accelerationLimit / jerk);
        var lowestSpeed = (steps + 1) * accelerationLimit - jerk * steps * (steps + 1) / 2;
        return Math.Max(1, Math.Floor((Math.Abs(velocity) - lowestSpeed) / accelerationLimit));
    }
}

/// <summary>The way of a joint from now to rest, relative to where it is. Unit: rad.</summary>
/// <param name="Rest">Where it comes to rest.</param>
/// <param name="High">Highest position on the way; 0 or more.</param>
/// <param name="Low">Lowest position on the way; 0 or less.</param>
internal readonly record struct BrakingPath(double Rest, double High, double Low);
