namespace DiVLA.Control.Policy.Reasoning;

/// <summary>What an operator wants the policy to keep saying: a phrase, or an object, or a bin, or an object and a bin.</summary>
public sealed record PinRequest
{
    /// <summary>A whole phrase; empty for none. Its object and bin are pinned; place and phase stay the policy's, because they change as the arm moves.</summary>
    public string Phrase { get; init; } = "";

    /// <summary>Forces every word of <see cref="Phrase"/>, place and phase included, until released.</summary>
    public bool IsVerbatim { get; init; }

    /// <summary>E.g. 'red cube'; empty for none.</summary>
    public string Object { get; init; } = "";

    /// <summary>E.g. 'left'; empty for none.</summary>
    public string Bin { get; init; } = "";

    /// <summary>Who asks.</summary>
    public string Who { get; init; } = "";

    /// <summary>Why.</summary>
    public string Why { get; init; } = "";
}
