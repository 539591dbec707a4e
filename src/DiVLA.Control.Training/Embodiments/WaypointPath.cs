using DiVLA.Control.Robot;
using DiVLA.Control.Simulator;
using DiVLA.Control.Simulator.Tasks;
using DiVLA.Control.Simulator.World;

namespace DiVLA.Control.Training.Embodiments;

/// <summary>A smooth way of the tool from place to place over table and bins, at rest at each of them.</summary>
internal sealed class WaypointPath
{
    private const double Tilt = 0.03;
    private const double TurnSpeed = 0.5;
    private const double Pause = 0.1;
    private const double BinShare = 0.4;

    private readonly List<Leg> _legs = [];

    /// <summary>Draws a way of at least some length.</summary>
    /// <param name="random">Decides about the places.</param>
    /// <param name="seconds">Least duration. Unit: s.</param>
    /// <param name="topSpeed">Unit: m/s.</param>
    /// <param name="topAcceleration">Unit: m/s^2.</param>
    public WaypointPath(SplitMix64 random, double seconds, double topSpeed, double topAcceleration)
    {
        var (from, time) = (RandomPose(random), 0.0);
        while (time < seconds)
        {
            var leg = new Leg(time, from, RandomPose(random), topSpeed, topAcceleration);
            _legs.Add(leg);
            (from, time) = (leg.To, leg.End + Pause);
        }
    }

    /// <summary>Where the tool shall be. Unit: s.</summary>
    public RigidTransform At(double time)
    {
        var leg = _legs[0];
        foreach (var next in _legs)
        {
            if (next.Start > time) break;
            leg = next;
        }
        return leg.At(time);
    }

    private static RigidTransform RandomPose(SplitMix64 random)
    {
        var place = random.Chance(BinShare)
            ? TableLayout.BinCentre((Side)random.Below(2)) + new Vector3d(random.Between(-0.04, 0.04), random.Between(-0.04, 0.04), 0)
            : new Vector3d(random.Between(TableLayout.NearestX, TableLayout.FarthestX), random.Between(-TableLayout.LargestY, TableLayout.LargestY), 0);
        return EpisodeSampler.SampleTilt(random, Tilt).WithOrigin(place with { Z = random.Between(0.02, 0.26) });
    }

    /// <summary>A motion with least jerk from rest to rest.</summary>
    private sealed class Leg
    {
        // Greatest speed and acceleration of such a motion, as multiples of distance / time and distance / time^2.
        private const double SpeedFactor = 1.875;
        private const double AccelerationFactor = 5.7735;

        private readonly RigidTransform _from;
        private readonly Vector3d _motion;
        private readonly Vector3d _turn;

        public Leg(double start, RigidTransform from, RigidTransform to, double topSpeed, double topAcceleration)
        {
            (Start, To, _from) = (start, to, from);
            (_motion, _turn) = (to.Origin - from.Origin, RotationVector.Between(from, to));
            var bySpeed = SpeedFactor * Math.Max(_motion.Length / topSpeed, _turn.Length / TurnSpeed);
            End = start + Math.Max(bySpeed, Math.Sqrt(AccelerationFactor * _motion.Length / topAcceleration));
        }

        public double Start { get; }

        public double End { get; }

        public RigidTransform To { get; }

        public RigidTransform At(double time)
        {
            var s = Math.Clamp((time - Start) / (End - Start), 0, 1);
            var share = s * s * s * (10 + s * (6 * s - 15));
            return RotationVector.Displace(_from, _motion * share, _turn * share);
        }
    }
}
