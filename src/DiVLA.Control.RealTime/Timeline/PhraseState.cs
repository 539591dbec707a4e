namespace DiVLA.Control.RealTime;

/// <summary>How current the reasoning phrase was that steered a trajectory.</summary>
public enum PhraseState
{
    /// <summary>The policy has not reasoned yet.</summary>
    None,

    /// <summary>Greedy decoding on this very observation would give this phrase: the draft was verified.</summary>
    Verified,

    /// <summary>The last complete phrase; the newest frame wants another one, which is still being decoded.</summary>
    Pending,

    /// <summary>Every word is an operator's: there is nothing to verify.</summary>
    Pinned,
}
