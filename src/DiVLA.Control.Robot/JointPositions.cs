using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace DiVLA.Control.Robot;

/// <summary>Angles of an arm's joints, base first. Unit: rad.</summary>
/// <remarks>A value: copying it copies the angles, and nothing is allocated.</remarks>
[SuppressMessage("Performance", "CA1815", Justification = "Compared element-wise by tests only.")]
public struct JointPositions
{
    private JointValues _values;

    /// <summary>Takes over 1 to <see cref="JointValues.Capacity"/> angles. Unit: rad.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are more angles than an arm of ours can have.</exception>
    public JointPositions(ReadOnlySpan<double> angles)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(angles.Length, JointValues.Capacity);
        Count = angles.Length;
        angles.CopyTo(_values);
    }

    /// <summary>Number of joints.</summary>
    public int Count { get; private set; }

    /// <summary>Angle of one joint. Unit: rad.</summary>
    public double this[int joint]
    {
        readonly get => _values[joint];
        set => _values[joint] = value;
    }

    /// <summary>All angles in joint order. Unit: rad.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<double> AsSpan() => ((ReadOnlySpan<double>)_values)[..Count];

    /// <summary>True where every angle is a finite number.</summary>
    public readonly bool IsFinite() => JointValues.AreFinite(AsSpan());
}

/// <summary>Velocities of an arm's joints, base first. Unit: rad/s.</summary>
[SuppressMessage("Performance", "CA1815", Justification = "Compared element-wise by tests only.")]
public struct JointVelocities
{
    private JointValues _values;

    /// <summary>Takes over 1 to <see cref="JointValues.Capacity"/> velocities. Unit: rad/s.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are more velocities than an arm of ours can have.</exception>
    public JointVelocities(ReadOnlySpan<double> velocities)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(velocities.Length, JointValues.Capacity);
        Count = velocities.Length;
        velocities.CopyTo(_values);
    }

    /// <summary>Number of joints.</summary>
    public int Count { get; private set; }

    /// <summary>Velocity of one joint. Unit: rad/s.</summary>
    public double this[int joint]
    {
        readonly get => _values[joint];
        set => _values[joint] = value;
    }

    /// <summary>All velocities in joint order. Unit: rad/s.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<double> AsSpan() => ((ReadOnlySpan<double>)_values)[..Count];

    /// <summary>True where every velocity is a finite number.</summary>
    public readonly bool IsFinite() => JointValues.AreFinite(AsSpan());
}

/// <summary>Storage of one number a joint, inside the value that holds it.</summary>
[InlineArray(Capacity)]
[SuppressMessage("Performance", "CA1815", Justification = "Storage, never compared.")]
public struct JointValues
{
    /// <summary>Most joints that one arm (or two arms driven as one) can have.</summary>
    public const int Capacity = 16;

    private double _first;

    internal static bool AreFinite(ReadOnlySpan<double> values)
    {
        foreach (var value in values)
            if (!double.IsFinite(value)) return false;
        return true;
    }
}
