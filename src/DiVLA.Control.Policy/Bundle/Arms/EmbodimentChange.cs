namespace DiVLA.Control.Policy.Bundle.Arms;

/// <summary>What became of a folder of `embodiments` that policy.json does not list.</summary>
/// <param name="Embodiment">Name of the folder.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Faults">Why it was refused; empty otherwise.</param>
public sealed record EmbodimentChange(string Embodiment, EmbodimentChangeKind Kind, IReadOnlyList<BundleFault> Faults)
{
    /// <summary>In words, for logs and refusals.</summary>
    public string Describe() => Kind switch
    {
        EmbodimentChangeKind.Offered => $"embodiment '{Embodiment}' is offered",
        EmbodimentChangeKind.Withdrawn => $"embodiment '{Embodiment}' is withdrawn: its folder is gone; sessions that use it go on",
        _ => $"embodiment '{Embodiment}' is refused: {string.Join("; ", Faults)}",
    };
}

/// <summary>What can become of such a folder.</summary>
public enum EmbodimentChangeKind
{
    /// <summary>It is verified, and sessions can ask for it from now on.</summary>
    Offered,

    /// <summary>It has faults. What was offered under its name before still is.</summary>
    Refused,

    /// <summary>It is gone. Running sessions keep what they have.</summary>
    Withdrawn,
}
