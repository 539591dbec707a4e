using DiVLA.Control.Robot;

namespace DiVLA.Control.ModelBuilder.Urdf;

/// <summary>Poses in the terms of the format.</summary>
internal static class Poses
{
    private const double Negligible = 1e-12;

    /// <summary>A shift, then roll, pitch and yaw about the fixed axes x, y and z. Unit: m, rad.</summary>
    public static RigidTransform Of(Vector3d shift, Vector3d rollPitchYaw)
    {
        var (roll, pitch, yaw) = rollPitchYaw;
        var turn = RigidTransform.RotationZ(yaw) * RigidTransform.RotationY(pitch) * RigidTransform.RotationX(roll);
        return turn.WithOrigin(shift);
    }

    /// <summary>A rotation that takes the z axis to a unit vector.</summary>
    public static RigidTransform FromZTo(Vector3d axis)
    {
        var z = new Vector3d(0, 0, 1);
        var across = Vector3d.Cross(z, axis);
        var angle = Math.Atan2(across.Length, axis.Z);
        // Opposite to z every direction across is as good.
        var about = across.Length > Negligible ? across.Normalized() : new Vector3d(1, 0, 0);
        return RotationVector.ToTransform(about * angle);
    }

    /// <summary>The 12 numbers of a pose, without the dust that sines and cosines of right angles leave.</summary>
    public static double[] Rows(in RigidTransform pose) => Array.ConvertAll(pose.ToRows(), number => Math.Abs(number - Math.Round(number)) < Negligible ? Math.Round(number) + 0.0 : number);
}
