using DiVLA.Control.Robot;

namespace DiVLA.Control.Simulator.Cameras;

/// <summary>A pinhole camera: z looks forward, x right, y down. 64 x 64 pixels.</summary>
/// <param name="Pose">In the table frame.</param>
/// <param name="FocalLength">Unit: pixels.</param>
public readonly record struct Camera(RigidTransform Pose, double FocalLength)
{
    /// <summary>Width and height of a picture. Unit: pixels.</summary>
    public const int Size = 64;

    /// <summary>Bytes of an RGB8 picture.</summary>
    public const int FrameBytes = Size * Size * 3;

    /// <summary>Stands opposite the arm and looks down at the objects.</summary>
    public static Camera Front { get; } = new(LookAt(new Vector3d(1.0, 0, 0.55), new Vector3d(0.5, 0, 0.03), new Vector3d(0, 0, 1)), 98);

    /// <summary>Sits on the hand, ahead of the fingers, and looks at their tips.</summary>
    public static Camera Wrist(in RigidTransform tool) => new(tool * _onHand, 50);

    private static readonly RigidTransform _onHand = LookAt(new Vector3d(0.07, 0, -0.10), new Vector3d(0.02, 0, 0.06), new Vector3d(1, 0, 0));

    private static RigidTransform LookAt(Vector3d eye, Vector3d target, Vector3d up)
    {
        var z = (target - eye).Normalized();
        var x = Vector3d.Cross(z, up).Normalized();
        var y = Vector3d.Cross(z, x);
        return new RigidTransform(x.X, y.X, z.X, eye.X, x.Y, y.Y, z.Y, eye.Y, x.Z, y.Z, z.Z, eye.Z);
    }
}
