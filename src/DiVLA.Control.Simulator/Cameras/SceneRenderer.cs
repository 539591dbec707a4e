using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.World;

namespace DiVLA.Control.Simulator.Cameras;

/// <summary>Draws table, bins, objects and arm as a camera sees them. One instance a thread; does not allocate after construction.</summary>
public sealed class SceneRenderer
{
    private const int Sides = 10;
    private const double Skirt = 0.9;

    // Slim enough to leave the wrist camera its view of the fingertips.
    private const double HandRadius = 0.035;

    private static readonly Rgb[] _colours =
    [
        new(0.85, 0.12, 0.10), new(0.95, 0.50, 0.08), new(0.95, 0.88, 0.15),
        new(0.12, 0.62, 0.20), new(0.12, 0.28, 0.85), new(0.50, 0.15, 0.65),
    ];

    private readonly Rasterizer _rasterizer = new();

    /// <summary>Draws one picture.</summary>
    /// <param name="camera">Where from.</param>
    /// <param name="scene">Objects and look.</param>
    /// <param name="links">Poses of the joint frames and, last, of the tool.</param>
    /// <param name="gripperWidth">Unit: m.</param>
    /// <param name="frame">Takes <see cref="Camera.FrameBytes"/> bytes, RGB8 row by row.</param>
    public void Render(in Camera camera, Scene scene, ReadOnlySpan<RigidTransform> links, double gripperWidth, Span<byte> frame)
    {
        _rasterizer.Begin(camera, scene.Look);
        DrawTable(scene.Look);
        var shades = new ShadeStream(scene.Look.ShadeSeed);
        foreach (var item in scene.Objects) DrawObject(item, shades.Next(_colours[(int)item.Kind.Colour]));
        DrawArm(links, gripperWidth, scene.Look);
        _rasterizer.CopyTo(frame);
    }

    private void DrawTable(Look look)
    {
        Span<Vector3d> corners = [new(-0.3, -Skirt, 0), new(Skirt, -Skirt, 0), new(Skirt, Skirt, 0), new(-0.3, Skirt, 0)];
        _rasterizer.Polygon(corners, new Vector3d(0, 0, 1), look.Table);
        DrawBin(TableLayout.BinCentre(Side.Left), new Rgb(0.30, 0.34, 0.40));
        DrawBin(TableLayout.BinCentre(Side.Right), new Rgb(0.62, 0.58, 0.50));
    }

    private void DrawBin(Vector3d centre, Rgb colour)
    {
        const double half = TableLayout.BinHalfWidth;
        const double wall = 0.004;
        var middle = centre with { Z = TableLayout.BinWallHeight / 2 };
        var along = new Vector3d(half, wall, TableLayout.BinWallHeight / 2);
        var across = new Vector3d(wall, half, TableLayout.BinWallHeight / 2);
        DrawBox(RigidTransform.Identity.WithOrigin(centre with { Z = 0.001 }), new Vector3d(half, half, 0.001), colour * 0.7);
        DrawBox(RigidTransform.Identity.WithOrigin(middle + new Vector3d(0, half, 0)), along, colour);
        DrawBox(RigidTransform.Identity.WithOrigin(middle - new Vector3d(0, half, 0)), along, colour);
        DrawBox(RigidTransform.Identity.WithOrigin(middle + new Vector3d(half, 0, 0)), across, colour);
        DrawBox(RigidTransform.Identity.WithOrigin(middle - new Vector3d(half, 0, 0)), across, colour);
    }

    private void DrawObject(in TableObject item, Rgb colour)
    {
        var half = item.Kind.Height / 2;
        var pose = RigidTransform.RotationZ(item.Yaw).WithOrigin(item.Centre);
        if (item.Kind.Shape == ObjectShape.Cube) DrawBox(pose, new Vector3d(half, half, half), colour);
        else DrawPrism(pose, item.Kind.GraspWidth / 2, half, colour);
    }

    private void DrawArm(ReadOnlySpan<RigidTransform> links, double gripperWidth, Look look)
    {
        var tool = links[^1];
        for (var joint = 1; joint < links.Length - 1; joint++) DrawLink(links[joint - 1].Origin, links[joint].Origin, look.ArmThickness, look.Arm);
        var hand = tool.WithOrigin(tool.Apply(new Vector3d(0, 0, -0.1034)));
        DrawLink(links[^2].Origin, hand.Origin, HandRadius, look.Arm);
        DrawBox(tool.WithOrigin(tool.Apply(new Vector3d(0, 0, -0.085))), new Vector3d(0.025, 0.09, 0.025), look.Arm * 0.8);
        DrawFinger(tool, gripperWidth / 2 + 0.006);
        DrawFinger(tool, -gripperWidth / 2 - 0.006);
    }

    private void DrawFinger(in RigidTransform tool, double offset) =>
        DrawBox(tool.WithOrigin(tool.Apply(new Vector3d(0, offset, -0.025))), new Vector3d(0.009, 0.006, 0.034), new Rgb(0.22, 0.22, 0.24));

    private void DrawLink(Vector3d from, Vector3d to, double radius, Rgb colour)
    {
        var axis = to - from;
        if (axis.Length < 0.02) return;
        var z = axis.Normalized();
        var x = Vector3d.Cross(Math.Abs(z.Z) < 0.9 ? new Vector3d(0, 0, 1) : new Vector3d(1, 0, 0), z).Normalized();
        var y = Vector3d.Cross(z, x);
        var pose = new RigidTransform(x.X, y.X, z.X, 0, x.Y, y.Y, z.Y, 0, x.Z, y.Z, z.Z, 0).WithOrigin((from + to) * 0.5);
        DrawPrism(pose, radius, axis.Length / 2 + radius * 0.6, colour);
    }

    private void DrawBox(in RigidTransform pose, Vector3d half, Rgb colour)
    {
        var (x, y, z) = (pose.AxisX * half.X, pose.AxisY * half.Y, pose.AxisZ * half.Z);
        Face(pose.Origin + z, x, y, pose.AxisZ, colour);
        Face(pose.Origin - z, x, y, pose.AxisZ * -1, colour);
        Face(pose.Origin + x, y, z, pose.AxisX, colour);
        Face(pose.Origin - x, y, z, pose.AxisX * -1, colour);
        Face(pose.Origin + y, z, x, pose.AxisY, colour);
        Face(pose.Origin - y, z, x, pose.AxisY * -1, colour);
    }

    private void Face(Vector3d centre, Vector3d u, Vector3d v, Vector3d normal, Rgb colour)
    {
        Span<Vector3d> corners = [centre - u - v, centre + u - v, centre + u + v, centre - u + v];
        _rasterizer.Polygon(corners, normal, colour);
    }

    private void DrawPrism(in RigidTransform pose, double radius, double halfLength, Rgb colour)
    {
        Span<Vector3d> cap = stackalloc Vector3d[Sides];
        for (var i = 0; i < Sides; i++)
        {
            var (s, c) = Math.SinCos(2 * Math.PI * i / Sides);
            cap[i] = pose.AxisX * (radius * c) + pose.AxisY * (radius * s);
        }
        var up = pose.AxisZ * halfLength;
        Span<Vector3d> corners = stackalloc Vector3d[Sides];
        for (var i = 0; i < Sides; i++)
        {
            var (a, b) = (cap[i], cap[(i + 1) % Sides]);
            corners[0] = pose.Origin + a - up;
            corners[1] = pose.Origin + b - up;
            corners[2] = pose.Origin + b + up;
            corners[3] = pose.Origin + a + up;
            _rasterizer.Polygon(corners[..4], (a + b).Normalized(), colour);
        }
        for (var i = 0; i < Sides; i++) corners[i] = pose.Origin + cap[i] + up;
        _rasterizer.Polygon(corners, pose.AxisZ, colour);
        for (var i = 0; i < Sides; i++) corners[i] = pose.Origin + cap[i] - up;
        _rasterizer.Polygon(corners, pose.AxisZ * -1, colour);
    }

    // Each object's own small shift in colour, the same in every picture of the scene.
    private struct ShadeStream(ulong seed)
    {
        private ulong _state = seed;

        public Rgb Next(Rgb colour) => new(colour.R + Shift(), colour.G + Shift(), colour.B + Shift());

        private double Shift()
        {
            _state = _state * 6364136223846793005 + 1442695040888963407;
            return ((_state >> 40) / (double)(1 << 24) - 0.5) * 0.10;
        }
    }
}
