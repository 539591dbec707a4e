using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Policy.Tests.Embodiment;

/// <summary>An arm whose kinematics anyone can do by heart: a turn about z, then half a metre along x.</summary>
internal static class OneJointArm
{
    public const double LengthM = 0.5;

    public static ArmKinematics Kinematics { get; } =
        new(RigidTransform.Identity, [RigidTransform.Identity, RigidTransform.Translation(LengthM, 0, 0)]);

    /// <summary>Two samples; one latent unit is a metre or a radian.</summary>
    public static LatentManifest Latent { get; } = new("", 2, 7, [[1, 1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1, 1]]);

    /// <summary>The latent whose tool poses are exactly those at the given angles, from zero.</summary>
    public static float[] LatentFor(params double[] angles) =>
        [.. angles.SelectMany(angle => (float[])
            [(float)(LengthM * (Math.Cos(angle) - 1)), (float)(LengthM * Math.Sin(angle)), 0, 0, 0, (float)angle, 1])];

    public static RobotCommand[] Samples(params double[] angles) => [.. angles.Select(angle => new RobotCommand(new JointPositions([angle]), 0.08))];
}
