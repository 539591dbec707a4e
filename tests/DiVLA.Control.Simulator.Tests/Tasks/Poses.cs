using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.Tasks;

namespace DiVLA.Control.Simulator.Tests.Tasks;

internal static class Poses
{
    /// <summary>A start pose as episodes draw it.</summary>
    public static RigidTransform OverTable(SplitMix64 random) => EpisodeSampler.SampleStartPose(random);
}
