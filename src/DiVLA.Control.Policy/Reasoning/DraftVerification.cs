namespace DiVLA.Control.Policy.Reasoning;

/// <summary>Compares a draft phrase with what the model would say, under what an operator forces, at each of its positions.</summary>
internal static class DraftVerification
{
    /// <summary>Finds the first position where greedy decoding would say something else, the end token after the draft included.</summary>
    /// <param name="argmax">What the model says after the prompt and after each draft token.</param>
    /// <param name="draft">The draft, without the end token.</param>
    /// <param name="endToken">Ends a phrase.</param>
    /// <param name="pin">What an operator forces; a token that it forces is right, whatever the model would say.</param>
    public static DraftVerdict Compare(ReadOnlySpan<long> argmax, ReadOnlySpan<int> draft, int endToken, PinConstraint? pin)
    {
        for (var position = 0; position < draft.Length; position++)
        {
            var wanted = PinConstraint.Choose(pin, draft[..position], (int)argmax[position]);
            if (wanted != draft[position]) return new DraftVerdict(false, position, wanted);
        }
        // A phrase of the greatest length is cut there, whatever the model would say next.
        var next = PinConstraint.Choose(pin, draft, (int)argmax[draft.Length]);
        var isWhole = next == endToken || draft.Length == argmax.Length - 1;
        return new DraftVerdict(isWhole, draft.Length, next);
    }
}

/// <summary>How far a draft still holds.</summary>
/// <param name="IsVerified">The draft is exactly what greedy decoding under the pin would say.</param>
/// <param name="Kept">Draft tokens before the first mismatch.</param>
/// <param name="Next">What is to be said after them.</param>
internal readonly record struct DraftVerdict(bool IsVerified, int Kept, int Next);
