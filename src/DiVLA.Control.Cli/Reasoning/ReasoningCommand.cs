using System.CommandLine;
using DiVLA.Control.Protocol.V1;

namespace DiVLA.Control.Cli.Reasoning;

/// <summary>`divla reasoning`: why a robot does what it does.</summary>
internal static class ReasoningCommand
{
    public static Command Create(Terminal terminal) => new("reasoning", "Read why a robot does what it does, in words.")
    {
        ReasoningGetCommand.Create(terminal),
        ReasoningWatchCommand.Create(terminal),
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
        : $"[{phrase.Freshness.ToString().ToUpperInvariant()}] #{phrase.PhraseId} {phrase.Text}";
}
