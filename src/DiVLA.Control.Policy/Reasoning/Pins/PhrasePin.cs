using DiVLA.Control.Robot;

namespace DiVLA.Control.Policy.Reasoning;

/// <summary>What an operator holds of the phrase, from one instant until it is released or replaced.</summary>
public sealed class PhrasePin
{
    internal PhrasePin(PinRequest request, PinConstraint constraint) => (Request, Constraint) = (request, constraint);

    /// <summary>What was asked for, in the policy's own spelling; object and bin of a phrase are filled in.</summary>
    public PinRequest Request { get; }

    /// <summary>When it was pinned.</summary>
    public required MonotonicTime Since { get; init; }

    /// <summary>How the object was held to the picture.</summary>
    public required PinnedObject Object { get; init; }

    internal PinConstraint Constraint { get; }
}

/// <summary>How a pinned object was held to the picture.</summary>
public enum PinnedObject
{
    /// <summary>The pin names no object.</summary>
    None,

    /// <summary>The policy saw it a moment ago.</summary>
    Seen,

    /// <summary>The gripper holds it.</summary>
    InHand,

    /// <summary>The policy has no presence head: nobody knows whether it is there.</summary>
    Unchecked,
}
