using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.World;

namespace DiVLA.Control.Simulator.Cameras;

/// <summary>Draws flat-shaded convex polygons into an RGB8 picture with a depth buffer. Does not allocate after construction.</summary>
public sealed class Rasterizer
{
    private const double NearPlane = 0.01;
    private const int MostCorners = 18;

    private readonly float[] _inverseDepth = new float[Camera.Size * Camera.Size];
    private readonly byte[] _pixels = new byte[Camera.FrameBytes];
    private RigidTransform _toCamera;
    private double _focalLength;
    private Vector3d _lightDirection;
    private double _light;

    /// <summary>Clears the picture and takes camera and light for what follows.</summary>
    public void Begin(in Camera camera, Look look)
    {
        _toCamera = camera.Pose.Inverse();
        _focalLength = camera.FocalLength;
        _light = look.Light;
        var (s, c) = Math.SinCos(look.LightAngle);
        _lightDirection = new Vector3d(0.5 * c, 0.5 * s, 0.85).Normalized();
        Array.Clear(_inverseDepth);
        _pixels.AsSpan().Fill(30);
    }

    /// <summary>Copies the finished picture, RGB8 row by row.</summary>
    public void CopyTo(Span<byte> frame) => _pixels.CopyTo(frame);

    /// <summary>Draws a convex polygon whose corners run counter-clockwise as seen from outside.</summary>
    public void Polygon(ReadOnlySpan<Vector3d> corners, Vector3d normal, Rgb colour)
    {
        Span<Vector3d> seen = stackalloc Vector3d[MostCorners];
        for (var i = 0; i < corners.Length; i++) seen[i] = _toCamera.Apply(corners[i]);
        if (Vector3d.Dot(_toCamera.Rotate(normal), seen[0]) >= 0) return;
        Span<Vector3d> clipped = stackalloc Vector3d[MostCorners];
        var count = ClipNear(seen[..corners.Length], clipped);
        if (count < 3) return;
        var shade = colour * (_light * (0.55 + 0.45 * Math.Max(0, Vector3d.Dot(normal, _lightDirection))));
        var (r, g, b) = (ToByte(shade.R), ToByte(shade.G), ToByte(shade.B));
        for (var i = 0; i < count; i++) clipped[i] = Project(clipped[i]);
        for (var i = 1; i + 1 < count; i++) Triangle(clipped[0], clipped[i], clipped[i + 1], r, g, b);
    }

    private static int ClipNear(ReadOnlySpan<Vector3d> corners, Span<Vector3d> clipped)
    {
        var count = 0;
        for (var i = 0; i < corners.Length; i++)
        {
            var (a, b) = (corners[i], corners[(i + 1) % corners.Length]);
            if (a.Z > NearPlane) clipped[count++] = a;
            if (a.Z > NearPlane != b.Z > NearPlane) clipped[count++] = a + (b - a) * ((NearPlane - a.Z) / (b.Z - a.Z));
        }
        return count;
    }

    // Pixel coordinates, with 1 / depth in Z: that is linear over the picture.
    private Vector3d Project(Vector3d point) => new(
        Camera.Size * 0.5 + _focalLength * point.X / point.Z,
        Camera.Size * 0.5 + _focalLength * point.Y / point.Z,
        1 / point.Z);

    private void Triangle(Vector3d a, Vector3d b, Vector3d c, byte red, byte green, byte blue)
    {
        var area = (b.X - a.X) * (c.Y - a.Y) - (b.Y - a.Y) * (c.X - a.X);
        if (Math.Abs(area) < 1e-9) return;
        var top = First(Math.Min(a.Y, Math.Min(b.Y, c.Y)));
        var bottom = Last(Math.Max(a.Y, Math.Max(b.Y, c.Y)));
        var left = First(Math.Min(a.X, Math.Min(b.X, c.X)));
        var right = Last(Math.Max(a.X, Math.Max(b.X, c.X)));
        for (var y = top; y <= bottom; y++)
        {
            for (var x = left; x <= right; x++)
            {
                var (px, py) = (x + 0.5, y + 0.5);
                var wb = ((px - a.X) * (c.Y - a.Y) - (py - a.Y) * (c.X - a.X)) / area;
                var wc = ((b.X - a.X) * (py - a.Y) - (b.Y - a.Y) * (px - a.X)) / area;
                if (wb < 0 || wc < 0 || wb + wc > 1) continue;
                var depth = (float)(a.Z + wb * (b.Z - a.Z) + wc * (c.Z - a.Z));
                var pixel = y * Camera.Size + x;
                if (depth <= _inverseDepth[pixel]) continue;
                _inverseDepth[pixel] = depth;
                (_pixels[3 * pixel], _pixels[3 * pixel + 1], _pixels[3 * pixel + 2]) = (red, green, blue);
            }
        }
    }

    private static int First(double coordinate) => (int)Math.Clamp(Math.Ceiling(coordinate - 0.5), 0, Camera.Size);

    private static int Last(double coordinate) => (int)Math.Clamp(Math.Floor(coordinate - 0.5), -1, Camera.Size - 1);

    private static byte ToByte(double value) => (byte)Math.Clamp(value * 255 + 0.5, 0, 255);
}
