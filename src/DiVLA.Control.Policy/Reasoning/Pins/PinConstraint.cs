namespace DiVLA.Control.Policy.Reasoning;

/// <summary>Which token a pin forces after what has been said so far. A function of those tokens alone, so that decoding and verification agree.</summary>
/// <remarks>Immutable; does not allocate.</remarks>
internal sealed class PinConstraint
{
    private readonly int[] _opening;
    private readonly SlotFilling[] _fillings;
    private readonly int[]? _verbatim;
    private readonly int _endToken;

    private PinConstraint(int[] opening, SlotFilling[] fillings, int[]? verbatim, int endToken) =>
        (_opening, _fillings, _verbatim, _endToken) = (opening, fillings, verbatim, endToken);

    /// <summary>True where every token is forced: nothing is left for the policy to say, so nothing to verify.</summary>
    public bool IsVerbatim => _verbatim is not null;

    /// <summary>Forces what stands in slots; the words between them stay free.</summary>
    /// <param name="opening">Words that the phrase must begin with, so that a policy that sees nothing to do still names the pinned object.</param>
    /// <param name="fillings">What stands where.</param>
    public static PinConstraint OfSlots(int[] opening, SlotFilling[] fillings) => new(opening, fillings, null, 0);

    /// <summary>Forces every token, and the end after them.</summary>
    public static PinConstraint OfPhrase(int[] tokens, int endToken) => new([], [], tokens, endToken);

    /// <summary>The token after those that were said: the forced one, or else the free one.</summary>
    public static int Choose(PinConstraint? pin, ReadOnlySpan<int> said, int free) => pin is null ? free : pin.Choose(said, free);

    private int Choose(ReadOnlySpan<int> said, int free)
    {
        var position = said.Length;
        if (_verbatim is { } phrase) return position < phrase.Length ? phrase[position] : _endToken;
        if (position < _opening.Length) return _opening[position];
        foreach (ref readonly var filling in _fillings.AsSpan())
        {
            var lead = said.IndexOf(filling.After);
            var place = position - (lead + filling.After.Length);
            if (lead >= 0 && place < filling.Words.Length) return filling.Words[place];
        }
        return free;
    }
}

/// <summary>What stands in a slot.</summary>
/// <param name="After">Tokens that it stands right behind, at their first occurrence.</param>
/// <param name="Words">Tokens that stand there.</param>
internal readonly record struct SlotFilling(int[] After, int[] Words);
