using System.CommandLine;
using DiVLA.Control.Protocol.V1;

namespace DiVLA.Control.Cli.Reasoning;

/// <summary>`divla reasoning`: why a robot does what it does, and making it do something else.</summary>
internal static class ReasoningCommand
{
    public static Command Create(Terminal terminal) => new("reasoning", "Read why a robot does what it does, in words, and hold it to other words.")
    {
        ReasoningGetCommand.Create(terminal),
        ReasoningWatchCommand.Create(terminal),
        ReasoningHistoryCommand.Create(terminal),
        ReasoningWhyCommand.Create(terminal),
        ReasoningPinCommand.Create(terminal),
        ReasoningReleaseCommand.Create(terminal),
    };

    /// <summary>The session that is asked about.</summary>
    public static Argument<string> Session() => new("session")
    {
        Description = "A session id or a robot id. Default: the only session there is.",
        Arity = ArgumentArity.ZeroOrOne,
        DefaultValueFactory = _ => "",
    };

    /// <summary>'[VERIFIED] #12 target red cube ...'.</summary>
    public static string Words(Phrase? phrase) => phrase is null or { PhraseId: 0 }
        ? "(the policy has not said anything yet)"
        : $"[{Words(phrase.Freshness)}] #{phrase.PhraseId} {phrase.Text}{(phrase.Pin is { } pin ? $" (pinned: {Words(pin)})" : "")}";

    /// <summary>'VERIFIED'; where the arm follows no trajectory, so.</summary>
    public static string Words(PhraseFreshness freshness) =>
        freshness == PhraseFreshness.Unspecified ? "NOT STEERING" : freshness.ToString().ToUpperInvariant();

    /// <summary>'object red cube, bin left, by anna: test run'.</summary>
    public static string Words(PhrasePin pin)
    {
        var check = pin.PinnedObject == PinnedObject.Unchecked ? ", unchecked: the policy cannot tell whether it is there" : "";
        return $"{What(pin)}{check}, by {pin.Who}{(pin.Why.Length > 0 ? $": {pin.Why}" : "")}";
    }

    /// <summary>'object red cube, bin left'.</summary>
    public static string What(PhrasePin pin)
    {
        if (pin.Verbatim) return $"every word of '{pin.Phrase}'";
        var slots = new[] { ("object", pin.Object), ("bin", pin.Bin) }.Where(slot => slot.Item2.Length > 0).Select(slot => $"{slot.Item1} {slot.Item2}").ToArray();
        return slots.Length > 0 ? string.Join(", ", slots) : $"'{pin.Phrase}'";
    }
}
