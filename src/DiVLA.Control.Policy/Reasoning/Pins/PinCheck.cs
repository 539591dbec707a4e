namespace DiVLA.Control.Policy.Reasoning;

/// <summary>Whether a phrase can be pinned.</summary>
public enum PinOutcome
{
    /// <summary>It is pinned.</summary>
    Accepted,

    /// <summary>Neither a phrase nor an object nor a bin, or a phrase together with one of the others.</summary>
    Malformed,

    /// <summary>The policy's phrases have no slots.</summary>
    NoSlots,

    /// <summary>The policy's phrases have slots, but not this one; or the phrase fills none of them.</summary>
    NoSuchSlot,

    /// <summary>Words that the policy was never taught.</summary>
    UnknownWords,

    /// <summary>More or fewer words than the slot holds.</summary>
    WrongLength,

    /// <summary>Words that the policy knows, but never says there.</summary>
    UnknownValue,

    /// <summary>More tokens than a phrase can have.</summary>
    PhraseTooLong,

    /// <summary>No picture has arrived yet that the object could be looked for in.</summary>
    NothingSeen,

    /// <summary>The object is not in the scene: the arm would take another one.</summary>
    NotInScene,

    /// <summary>The gripper holds another object: it would drop it anywhere. Only a bin can be pinned now.</summary>
    HandIsFull,
}

/// <summary>Whether a phrase can be pinned, and if not, why.</summary>
/// <param name="Outcome">Accepted, or the first fault.</param>
/// <param name="Detail">The fault in words; empty without one.</param>
/// <param name="Pin">Null where it is not accepted.</param>
public sealed record PinCheck(PinOutcome Outcome, string Detail, PhrasePin? Pin)
{
    internal static PinCheck Refuse(PinOutcome outcome, string detail) => new(outcome, detail, null);
}
