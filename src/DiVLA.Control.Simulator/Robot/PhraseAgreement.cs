namespace DiVLA.Control.Simulator.Robot;

/// <summary>Counts how often the service's phrase is the expert's. Actions name phrases by id, and an action may arrive before its phrase does.</summary>
internal sealed class PhraseAgreement
{
    private readonly Dictionary<ulong, string> _texts = [];
    private readonly Dictionary<(ulong PhraseId, string Expected), int> _counts = [];

    /// <summary>Takes note of what a phrase says.</summary>
    public void Learn(ulong phraseId, string text) => _texts[phraseId] = text;

    /// <summary>Takes note of an action that a phrase steered while the expert said something.</summary>
    public void Count(ulong phraseId, string expected)
    {
        var key = (phraseId, expected);
        _counts[key] = _counts.GetValueOrDefault(key) + 1;
    }

    /// <summary>Actions counted, and those of them with the expert's phrase; then starts over.</summary>
    public (int Counted, int Matches) Take()
    {
        var matches = _counts.Where(entry => _texts.GetValueOrDefault(entry.Key.PhraseId) == entry.Key.Expected).Sum(entry => entry.Value);
        var counted = _counts.Values.Sum();
        _counts.Clear();
        return (counted, matches);
    }

    /// <summary>Phrase ids begin anew with a session.</summary>
    public void Forget()
    {
        _texts.Clear();
        _counts.Clear();
    }
}
