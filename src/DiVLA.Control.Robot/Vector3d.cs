namespace DiVLA.Control.Robot;

/// <summary>A point or direction in space. Unit: m, unless the member that holds it says otherwise.</summary>
public readonly record struct Vector3d(double X, double Y, double Z)
{
    public static Vector3d Zero => default;

    public double Length => Math.Sqrt(Dot(this, this));

    public static double Dot(Vector3d a, Vector3d b) => a.X * b.X + a.Y * b.Y + a.Z * b.Z;

    public static Vector3d Cross(Vector3d a, Vector3d b) =>
        new(a.Y * b.Z - a.Z * b.Y, a.Z * b.X - a.X * b.Z, a.X * b.Y - a.Y * b.X);

    /// <summary>The same direction with length 1; zero stays zero.</summary>
    public Vector3d Normalized() => Length is var length and > 0 ? this * (1 / length) : this;

    public static Vector3d operator +(Vector3d a, Vector3d b) => new(a.X + b.X, a.Y + b.Y, a.Z + b.Z);

    public static Vector3d operator -(Vector3d a, Vector3d b) => new(a.X - b.X, a.Y - b.Y, a.Z - b.Z);

    public static Vector3d operator *(Vector3d v, double factor) => new(v.X * factor, v.Y * factor, v.Z * factor);
}
