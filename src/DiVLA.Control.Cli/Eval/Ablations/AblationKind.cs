using System.Text.Json;

namespace DiVLA.Control.Cli.Eval.Ablations;

/// <summary>What is taken from the policy, by the words of the command line.</summary>
internal enum AblationKind
{
    /// <summary>The phrase moves nothing: Film reads zeros in its place.</summary>
    Reasoning,

    /// <summary>Film reads another episode's phrases.</summary>
    ShuffledReasoning,

    /// <summary>All cameras show grey.</summary>
    NoImages,

    /// <summary>The front camera shows grey.</summary>
    NoFrontCamera,

    /// <summary>The wrist camera shows grey.</summary>
    NoWristCamera,

    /// <summary>The policy reads another episode's instruction.</summary>
    ShuffledInstruction,

    /// <summary>Film reads zeros in place of the prompt.</summary>
    NoPrompt,
}

/// <summary>'shuffled-reasoning'.</summary>
internal static class AblationWords
{
    /// <summary>Every word that there is.</summary>
    public static IEnumerable<string> All => Enum.GetValues<AblationKind>().Select(Word);

    /// <summary>The word of a kind.</summary>
    public static string Word(AblationKind kind) => JsonNamingPolicy.KebabCaseLower.ConvertName(kind.ToString());

    /// <summary>The kind of a word, or null.</summary>
    public static AblationKind? Find(string word) =>
        Enum.GetValues<AblationKind>().Where(kind => Word(kind) == word).Select(kind => (AblationKind?)kind).FirstOrDefault();
}
