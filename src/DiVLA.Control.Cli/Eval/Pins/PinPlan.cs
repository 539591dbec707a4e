namespace DiVLA.Control.Cli.Eval.Pins;

/// <summary>How an evaluation redirects the arm.</summary>
/// <param name="Kind">What is pinned: something else than the instruction asks for, drawn by the episode's seed.</param>
/// <param name="AtTick">Tick of the session at which it is pinned; null for one that the seed draws.</param>
/// <param name="ReleaseAtTick">Tick at which it is released, after which the instruction rules again; null for never.</param>
internal sealed record PinPlan(PinKind Kind, int? AtTick, int? ReleaseAtTick)
{
    /// <summary>Last tick that is drawn: by then most arms have grasped.</summary>
    public const int LatestDrawnTick = 100;

    /// <summary>E.g. 'object pinned at tick 24, released at tick 40'.</summary>
    public override string ToString()
    {
        var at = AtTick is { } tick ? FormattableString.Invariant($"tick {tick}") : "a random tick";
        return $"{Kind.ToString().ToLowerInvariant()} pinned at {at}{(ReleaseAtTick is { } release ? FormattableString.Invariant($", released at tick {release}") : "")}";
    }
}

/// <summary>What is pinned.</summary>
internal enum PinKind
{
    /// <summary>Another object and a bin, by a whole phrase.</summary>
    Phrase,

    /// <summary>Another object; the policy says where it goes.</summary>
    Object,

    /// <summary>The other bin; the policy says what goes there.</summary>
    Bin,
}
