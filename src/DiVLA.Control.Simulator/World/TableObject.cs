using DiVLA.Control.Robot;

namespace DiVLA.Control.Simulator.World;

/// <summary>Colours of objects. The first three are warm, the others cool.</summary>
public enum ObjectColour
{
    Red,
    Orange,
    Yellow,
    Green,
    Blue,
    Purple,
}

/// <summary>Shapes of objects.</summary>
public enum ObjectShape
{
    /// <summary>4.4 cm wide and high.</summary>
    Cube,

    /// <summary>4 cm wide, 7 cm high.</summary>
    Cylinder,

    /// <summary>5.6 cm wide, 2.8 cm high.</summary>
    Disc,
}

/// <summary>Sides of the table as the robot sees them: left is +y.</summary>
public enum Side
{
    Left,
    Right,
}

/// <summary>What can be said of an object at a glance.</summary>
public readonly record struct ObjectKind(ObjectColour Colour, ObjectShape Shape)
{
    /// <summary>True for red, orange and yellow.</summary>
    public bool IsWarm => Colour <= ObjectColour.Yellow;

    /// <summary>Distance between the fingers that hold it. Unit: m.</summary>
    public double GraspWidth => Shape switch
    {
        ObjectShape.Cube => 0.044,
        ObjectShape.Cylinder => 0.040,
        _ => 0.056,
    };

    /// <summary>Unit: m.</summary>
    public double Height => Shape switch
    {
        ObjectShape.Cube => 0.044,
        ObjectShape.Cylinder => 0.070,
        _ => 0.028,
    };
}

/// <summary>An object and where it is.</summary>
/// <param name="Kind">Colour and shape.</param>
/// <param name="Centre">Middle of the object in the table frame. Unit: m.</param>
/// <param name="Yaw">Turn about the vertical. Unit: rad.</param>
public readonly record struct TableObject(ObjectKind Kind, Vector3d Centre, double Yaw);
