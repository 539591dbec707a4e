namespace DiVLA.Control.Robot;

/// <summary>Rotations as axis times angle (rad): three numbers, zero for no turn.</summary>
public static class RotationVector
{
    /// <summary>The rotation vector that turns the frame of <paramref name="from"/> into that of <paramref name="to"/>, in the outer frame: log(R_to R_from^T).</summary>
    /// <remarks>Exact up to and including a half turn, where the sine alone would lose the axis.</remarks>
    public static Vector3d Between(in RigidTransform from, in RigidTransform to)
    {
        var r = to.WithOrigin(default) * from.WithOrigin(default).Inverse();
        var twiceSine = new Vector3d(r.R21 - r.R12, r.R02 - r.R20, r.R10 - r.R01);
        var twiceCosine = r.R00 + r.R11 + r.R22 - 1;
        var angle = Math.Atan2(twiceSine.Length, twiceCosine);
        if (angle < 1e-9) return twiceSine * 0.5;
        return angle < Math.PI - 1e-4 ? twiceSine * (angle / twiceSine.Length) : NearHalfTurn(r, twiceSine) * angle;
    }

    /// <summary>The rotation by the vector's length about its direction.</summary>
    public static RigidTransform ToTransform(Vector3d vector)
    {
        var angle = vector.Length;
        if (angle < 1e-12) return RigidTransform.Identity;
        var (x, y, z) = vector * (1 / angle);
        var (s, c) = Math.SinCos(angle);
        var t = 1 - c;
        return new RigidTransform(
            c + x * x * t, x * y * t - z * s, x * z * t + y * s, 0,
            y * x * t + z * s, c + y * y * t, y * z * t - x * s, 0,
            z * x * t - y * s, z * y * t + x * s, c + z * z * t, 0);
    }

    /// <summary>A pose after a motion of its origin and a turn about it, both in the outer frame: what <see cref="Between"/> and the difference of the origins undo.</summary>
    /// <param name="pose">Where from.</param>
    /// <param name="motion">Of the origin. Unit: m.</param>
    /// <param name="turn">Rotation vector. Unit: rad.</param>
    public static RigidTransform Displace(in RigidTransform pose, Vector3d motion, Vector3d turn) =>
        (ToTransform(turn) * pose.WithOrigin(default)).WithOrigin(pose.Origin + motion);

    // Near pi the antisymmetric part vanishes; the symmetric part is 2 a a^T - 1 and keeps the axis up to its sign.
    private static Vector3d NearHalfTurn(in RigidTransform r, Vector3d twiceSine)
    {
        var column = r.R00 >= r.R11 && r.R00 >= r.R22 ? new Vector3d(2 * r.R00 + 2, r.R10 + r.R01, r.R20 + r.R02)
            : r.R11 >= r.R22 ? new Vector3d(r.R01 + r.R10, 2 * r.R11 + 2, r.R21 + r.R12)
            : new Vector3d(r.R02 + r.R20, r.R12 + r.R21, 2 * r.R22 + 2);
        var axis = column.Normalized();
        return Vector3d.Dot(axis, twiceSine) < 0 ? axis * -1 : axis;
    }
}
