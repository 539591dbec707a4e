namespace DiVLA.Control.Simulator.Robot;

/// <summary>How often the service's phrase was the expert's, word for word.</summary>
/// <param name="Counted">Actions that a phrase steered.</param>
/// <param name="Matches">Those of them with the expert's phrase.</param>
/// <param name="IsFirstRight">Whether the first of them was right; null where there was none.</param>
public readonly record struct PhraseScore(int Counted, int Matches, bool? IsFirstRight);

/// <summary>Counts how often the service's phrase is the expert's. Actions name phrases by id, and an action may arrive before its phrase does.</summary>
internal sealed class PhraseAgreement
{
    private readonly Dictionary<ulong, string> _texts = [];
    private readonly Dictionary<(ulong PhraseId, string Expected), int> _counts = [];
    private (ulong PhraseId, string Expected)? _first;

    /// <summary>Takes note of what a phrase says.</summary>
    public void Learn(ulong phraseId, string text) => _texts[phraseId] = text;

    /// <summary>Takes note of an action that a phrase steered while the expert said something.</summary>
    public void Count(ulong phraseId, string expected)
    {
        var key = (phraseId, expected);
        _first ??= key;
        _counts[key] = _counts.GetValueOrDefault(key) + 1;
    }

    /// <summary>The score since the last call.</summary>
    public PhraseScore Take()
    {
        var matches = _counts.Where(entry => IsRight(entry.Key)).Sum(entry => entry.Value);
        var score = new PhraseScore(_counts.Values.Sum(), matches, _first is { } first ? IsRight(first) : null);
        _counts.Clear();
        _first = null;
        return score;
    }

    /// <summary>Phrase ids begin anew with a session.</summary>
    public void Forget()
    {
        _texts.Clear();
        _counts.Clear();
        _first = null;
    }

    private bool IsRight((ulong PhraseId, string Expected) said) => _texts.GetValueOrDefault(said.PhraseId) == said.Expected;
}
