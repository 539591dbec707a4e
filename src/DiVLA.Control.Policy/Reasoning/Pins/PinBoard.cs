using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Policy.Reasoning;

/// <summary>The pin of one session: set and released by operators, on any thread, read at every inference.</summary>
/// <remarks>
/// A request is judged by what the last inference saw. The gripper may close within the tick that follows; an object pinned in that
/// instant is the same to the arm as one pinned just before it grasped.
/// </remarks>
internal sealed class PinBoard
{
    private readonly PhraseGrammar _grammar;
    private readonly PinCompiler _compiler;
    private readonly SceneWatch _scene;
    private readonly ReasoningDecoder _decoder;
    private readonly TimeProvider _clock;
    private PhrasePin? _current;

    public PinBoard(PhraseGrammar grammar, PinCompiler compiler, SceneWatch scene, ReasoningDecoder decoder, TimeProvider clock) =>
        (_grammar, _compiler, _scene, _decoder, _clock) = (grammar, compiler, scene, decoder, clock);

    /// <summary>What is pinned now; null where nothing is.</summary>
    public PhrasePin? Current => Volatile.Read(ref _current);

    /// <summary>Pins what can be pinned safely, in place of what was pinned before. Never waits.</summary>
    public PinCheck Pin(PinRequest request)
    {
        if (_compiler.Compile(request, out var compiled) is { } refusal) return refusal;
        if (CheckObject(compiled!, out var seen) is { } unsafeNow) return unsafeNow;
        var pin = new PhrasePin(compiled!.Request, compiled.Constraint) { Since = MonotonicTime.Now(_clock), Object = seen };
        Volatile.Write(ref _current, pin);
        return new PinCheck(PinOutcome.Accepted, "", pin);
    }

    /// <summary>Lets the policy speak for itself again.</summary>
    /// <returns>What was pinned; null where nothing was.</returns>
    public PhrasePin? Release() => Interlocked.Exchange(ref _current, null);

    private PinCheck? CheckObject(CompiledPin pin, out PinnedObject seen)
    {
        seen = PinnedObject.None;
        if (pin.Target.Length == 0) return null;
        if (_scene.IsHolding)
        {
            seen = PinnedObject.InHand;
            return IsInHand(pin.Target) ? null : PinCheck.Refuse(PinOutcome.HandIsFull, HandIsFull(pin.Request.Object));
        }
        seen = _scene.CanLook ? PinnedObject.Seen : PinnedObject.Unchecked;
        if (!_scene.CanLook || _scene.Sees(pin.Request.Object)) return null;
        return _scene.HasLooked
            ? PinCheck.Refuse(PinOutcome.NotInScene, $"no '{pin.Request.Object}' is in the scene: the arm would take another object")
            : PinCheck.Refuse(PinOutcome.NothingSeen, $"no picture has arrived yet that a '{pin.Request.Object}' could be looked for in");
    }

    private bool IsInHand(int[] target) => _decoder.Current is { } phrase && _grammar.Read(phrase.Tokens, PhraseSlot.Object).SequenceEqual(target);

    private string HandIsFull(string wanted) =>
        _decoder.Current is { } phrase && _grammar.Read(phrase.Tokens, PhraseSlot.Object) is { IsEmpty: false } held
            ? $"the gripper holds the {_grammar.Words.Decode(held)}, not the {wanted}; only a bin can be pinned until it lets go"
            : $"the gripper holds an object that may not be the {wanted}; only a bin can be pinned until it lets go";
}
