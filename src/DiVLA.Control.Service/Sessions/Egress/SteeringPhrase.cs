using DiVLA.Control.Policy.Reasoning;
using DiVLA.Control.RealTime;

namespace DiVLA.Control.Service.Sessions;

/// <summary>Which phrase is shown to those who watch: the one that steers the arm; while none does, the one that is said. Used by one thread.</summary>
internal sealed class SteeringPhrase
{
    private ReasoningPhrase? _phrase;
    private Wire.Phrase _shown = new();
    private bool _hasSteered;

    /// <summary>What is to be shown with this command; null where that is what was shown before.</summary>
    /// <param name="command">What the arm is told.</param>
    /// <param name="steering">The phrase of the trajectory that it follows; null where it follows none.</param>
    /// <param name="said">What the policy says; null before its first phrase.</param>
    public Wire.Phrase? Next(in TickCommand command, ReasoningPhrase? steering, ReasoningPhrase? said)
    {
        // Before the first plan, what is said is about to steer: it is shown when it does.
        var phrase = command.PhraseId != 0 ? steering : command.Reason == LadderReason.NoTrajectory ? _phrase : said;
        if (phrase is null) return null;
        var freshness = WirePhrase.FreshnessAt(phrase, command);
        if (phrase == _phrase && freshness == _shown.Freshness) return null;
        // It is a phrase's first tick that counts, not that at which it was only said.
        var isBeginning = phrase != _phrase || (command.PhraseId != 0 && !_hasSteered);
        _shown = isBeginning ? WirePhrase.Of(phrase, command) : _shown.Clone();
        _shown.Freshness = freshness;
        (_phrase, _hasSteered) = (phrase, command.PhraseId != 0 || (!isBeginning && _hasSteered));
        return _shown;
    }
}
