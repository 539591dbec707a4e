using DiVLA.Control.Robot;

namespace DiVLA.Control.Simulator.World;

/// <summary>The objects on the table, which of them the gripper holds, and how everything looks.</summary>
public sealed class Scene
{
    private readonly TableObject[] _objects;

    public Scene(IEnumerable<TableObject> objects, Look look)
    {
        _objects = [.. objects];
        Look = look;
    }

    /// <summary>All objects, in an order that never changes.</summary>
    public ReadOnlySpan<TableObject> Objects => _objects;

    /// <summary>Index of the held object, or null.</summary>
    public int? Held { get; private set; }

    /// <summary>Light and colours.</summary>
    public Look Look { get; }

    /// <summary>A copy that can be played on without touching this one.</summary>
    public Scene Clone() => new(_objects, Look) { Held = Held };

    /// <summary>The bin that an object lies in, or null while it is on the table or in the gripper.</summary>
    public Side? BinOf(int index)
    {
        if (Held == index) return null;
        if (TableLayout.IsOverBin(_objects[index].Centre, Side.Left)) return Side.Left;
        return TableLayout.IsOverBin(_objects[index].Centre, Side.Right) ? Side.Right : null;
    }

    /// <summary>The object that fingers closing at <paramref name="tool"/> would catch, or null.</summary>
    /// <remarks>Kinematic grasping: within 18 mm of the middle, the play that open fingers leave around a cube, and between the object's foot and top.</remarks>
    public int? Graspable(Vector3d tool)
    {
        for (var i = 0; i < _objects.Length; i++)
        {
            var offset = tool - _objects[i].Centre;
            var horizontal = Math.Sqrt(offset.X * offset.X + offset.Y * offset.Y);
            if (horizontal <= 0.018 && Math.Abs(offset.Z) <= _objects[i].Kind.Height / 2) return i;
        }
        return null;
    }

    /// <summary>Puts an object somewhere, as if it had always been there.</summary>
    public void Place(int index, Vector3d centre) => _objects[index] = _objects[index] with { Centre = centre };

    /// <summary>Puts an object between the fingers.</summary>
    public void Grasp(int index) => Held = index;

    /// <summary>Carries the held object along with the tool.</summary>
    public void Carry(Vector3d toolMotion)
    {
        if (Held is { } index) _objects[index] = _objects[index] with { Centre = _objects[index].Centre + toolMotion };
    }

    /// <summary>Lets go: the object falls straight down to the table or into the bin.</summary>
    public void Release()
    {
        if (Held is not { } index) return;
        Held = null;
        var kind = _objects[index].Kind;
        _objects[index] = _objects[index] with { Centre = _objects[index].Centre with { Z = kind.Height / 2 } };
    }
}
