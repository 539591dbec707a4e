namespace DiVLA.Control.Robot;

/// <summary>A pose: rotation (row-major 3 x 3) and translation (m) of one frame in another. A 3 x 4 matrix without the bottom row.</summary>
public readonly record struct RigidTransform(
    double R00, double R01, double R02, double X,
    double R10, double R11, double R12, double Y,
    double R20, double R21, double R22, double Z)
{
    /// <summary>The pose of a frame in itself.</summary>
    public static RigidTransform Identity { get; } = new(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0);

    /// <summary>A shift without rotation. Unit: m.</summary>
    public static RigidTransform Translation(double x, double y, double z) => new(1, 0, 0, x, 0, 1, 0, y, 0, 0, 1, z);

    /// <summary>A turn about the x axis. Unit: rad.</summary>
    public static RigidTransform RotationX(double angle)
    {
        var (s, c) = Math.SinCos(angle);
        return new RigidTransform(1, 0, 0, 0, 0, c, -s, 0, 0, s, c, 0);
    }

    /// <summary>A turn about the y axis. Unit: rad.</summary>
    public static RigidTransform RotationY(double angle)
    {
        var (s, c) = Math.SinCos(angle);
        return new RigidTransform(c, 0, s, 0, 0, 1, 0, 0, -s, 0, c, 0);
    }

    /// <summary>A turn about the z axis. Unit: rad.</summary>
    public static RigidTransform RotationZ(double angle)
    {
        var (s, c) = Math.SinCos(angle);
        return new RigidTransform(c, -s, 0, 0, s, c, 0, 0, 0, 0, 1, 0);
    }

    /// <summary>Reads 12 numbers, row by row, as profiles store them.</summary>
    /// <exception cref="ArgumentException">There are not 12 numbers.</exception>
    public static RigidTransform FromRows(ReadOnlySpan<double> rows)
    {
        if (rows.Length != 12) throw new ArgumentException($"A 3 x 4 transform has 12 numbers, found {rows.Length}.", nameof(rows));
        return new RigidTransform(
            rows[0], rows[1], rows[2], rows[3],
            rows[4], rows[5], rows[6], rows[7],
            rows[8], rows[9], rows[10], rows[11]);
    }

    /// <summary>The 12 numbers, row by row.</summary>
    public double[] ToRows() => [R00, R01, R02, X, R10, R11, R12, Y, R20, R21, R22, Z];

    /// <summary>Position of the frame's origin. Unit: m.</summary>
    public Vector3d Origin => new(X, Y, Z);

    /// <summary>Direction of the frame's x, y and z axis.</summary>
    public Vector3d AxisX => new(R00, R10, R20);

    /// <inheritdoc cref="AxisX"/>
    public Vector3d AxisY => new(R01, R11, R21);

    /// <inheritdoc cref="AxisX"/>
    public Vector3d AxisZ => new(R02, R12, R22);

    /// <summary>Chains two poses: <paramref name="b"/> is given in the frame of <paramref name="a"/>.</summary>
    public static RigidTransform operator *(in RigidTransform a, in RigidTransform b) => new(
        a.R00 * b.R00 + a.R01 * b.R10 + a.R02 * b.R20, a.R00 * b.R01 + a.R01 * b.R11 + a.R02 * b.R21,
        a.R00 * b.R02 + a.R01 * b.R12 + a.R02 * b.R22, a.R00 * b.X + a.R01 * b.Y + a.R02 * b.Z + a.X,
        a.R10 * b.R00 + a.R11 * b.R10 + a.R12 * b.R20, a.R10 * b.R01 + a.R11 * b.R11 + a.R12 * b.R21,
        a.R10 * b.R02 + a.R11 * b.R12 + a.R12 * b.R22, a.R10 * b.X + a.R11 * b.Y + a.R12 * b.Z + a.Y,
        a.R20 * b.R00 + a.R21 * b.R10 + a.R22 * b.R20, a.R20 * b.R01 + a.R21 * b.R11 + a.R22 * b.R21,
        a.R20 * b.R02 + a.R21 * b.R12 + a.R22 * b.R22, a.R20 * b.X + a.R21 * b.Y + a.R22 * b.Z + a.Z);

    /// <summary>Maps a point of this frame into the frame that the pose is given in. Unit: m.</summary>
    public Vector3d Apply(Vector3d p) => Rotate(p) + Origin;

    /// <summary>Turns a direction without shifting it.</summary>
    public Vector3d Rotate(Vector3d v) => new(
        R00 * v.X + R01 * v.Y + R02 * v.Z,
        R10 * v.X + R11 * v.Y + R12 * v.Z,
        R20 * v.X + R21 * v.Y + R22 * v.Z);

    /// <summary>The pose of the other frame in this one.</summary>
    public RigidTransform Inverse() => new(
        R00, R10, R20, -(R00 * X + R10 * Y + R20 * Z),
        R01, R11, R21, -(R01 * X + R11 * Y + R21 * Z),
        R02, R12, R22, -(R02 * X + R12 * Y + R22 * Z));

    /// <summary>The same rotation at another place. Unit: m.</summary>
    public RigidTransform WithOrigin(Vector3d origin) => this with { X = origin.X, Y = origin.Y, Z = origin.Z };
}
