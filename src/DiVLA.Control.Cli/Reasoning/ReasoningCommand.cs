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

    /// <summary>Who asks, for the record.</summary>
    public static Option<string> Who() => new("--who")
    {
        Description = "Who asks, for the record. Default: the user's name on this machine.",
        HelpName = "NAME",
        DefaultValueFactory = _ => Environment.UserName is { Length: > 0 } user ? user : "divla",
    };

    /// <summary>Why, for the record.</summary>
    public static Option<string> Why() => new("--why") { Description = "Why, for the record.", HelpName = "TEXT", DefaultValueFactory = _ => "" };

    /// <summary>'[VERIFIED] #12 target red cube ...'.</summary>
    public static string Words(Phrase? phrase) => phrase is null or { PhraseId: 0 }
        ? "(the policy has not said anything yet)"
        : $"[{phrase.Freshness.ToString().ToUpperInvariant()}] #{phrase.PhraseId} {phrase.Text}{(phrase.Pin is { } pin ? $" (pinned: {Words(pin)})" : "")}";

    /// <summary>'object red cube, bin left, by anna: test run'.</summary>
    public static string Words(PhrasePin pin)
    {
        var what = pin.Verbatim
            ? [$"every word of '{pin.Phrase}'"]
            : new[] { ("object", pin.Object), ("bin", pin.Bin) }.Where(slot => slot.Item2.Length > 0).Select(slot => $"{slot.Item1} {slot.Item2}");
        var check = pin.PinnedObject == PinnedObject.Unchecked ? ", unchecked: the policy cannot tell whether it is there" : "";
        return $"{string.Join(", ", what)}{check}, by {pin.Who}{(pin.Why.Length > 0 ? $": {pin.Why}" : "")}";
    }
}
