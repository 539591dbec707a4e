using System.Text.Json.Serialization;

namespace DiVLA.Control.Policy.Bundle;

/// <summary>A place in the phrase that an operator can fill in.</summary>
/// <param name="Name">What stands there.</param>
/// <param name="After">The words that it stands right behind. Those of the first slot open every phrase that has a target.</param>
/// <param name="Words">Its length, in tokens.</param>
/// <param name="Values">All that can stand there; null where the vocabulary (or, for objects, the scene's kinds) is the only bound.</param>
public sealed record PhraseSlotManifest(
    PhraseSlot Name,
    string After,
    int Words,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string[]? Values = null);

/// <summary>What can be pinned in a phrase.</summary>
public enum PhraseSlot
{
    /// <summary>The object that the arm is after.</summary>
    Object,

    /// <summary>Where it goes.</summary>
    Bin,
}

/// <summary>What the backbone's presence head tells apart in one camera's picture.</summary>
/// <param name="Camera">Name of the camera.</param>
/// <param name="Kinds">K kinds of object, in the order of the `presence` output, as phrases name them.</param>
public sealed record SceneManifest(string Camera, string[] Kinds);
