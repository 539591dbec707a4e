using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using DiVLA.Control.Cli.Eval.Ablations;
using DiVLA.Control.Cli.Eval.Pins;

namespace DiVLA.Control.Cli.Eval;

/// <summary>What an evaluation does to the policy: redirect it by pins, or take something from it.</summary>
internal sealed class SteeringSelection
{
    private const string AnyTick = "random";
    private const string FirstTick = "0";

    private readonly Option<string?> _pin = new("--pin")
    {
        Description = "Pin something else than the instruction asks for, drawn by seed: another object and a bin, another object, or the other bin.",
        HelpName = "phrase|object|bin",
    };

    private readonly Option<string?> _at = new("--pin-at")
    {
        Description = $"Tick of the session at which it is pinned, or '{AnyTick}' for one drawn by seed, 1 to {PinPlan.LatestDrawnTick}. Default: 0.",
        HelpName = "TICK",
    };

    private readonly Option<int?> _release = new("--release-at") { Description = "Tick at which it is released; the instruction decides about success then.", HelpName = "TICK" };

    private readonly Option<AblationKind?> _ablation = new("--ablate")
    {
        Description = $"Take something from the policy: {string.Join(", ", AblationWords.All)}.",
        HelpName = "WHAT",
        CustomParser = ParseAblation,
    };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_pin, _at, _release, _ablation]) command.Add(option);
        command.Validators.Add(Validate);
    }

    /// <summary>How the arm is redirected; null where the instruction rules.</summary>
    public PinPlan? PinOf(ParseResult parsed) =>
        parsed.GetValue(_pin) is { } pin && KindOf(pin) is { } kind ? new PinPlan(kind, TickOf(parsed.GetValue(_at) ?? FirstTick), parsed.GetValue(_release)) : null;

    /// <summary>What is taken from the policy; null for nothing.</summary>
    public AblationKind? AblationOf(ParseResult parsed) => parsed.GetValue(_ablation);

    private void Validate(CommandResult result)
    {
        if (result.GetValue(_pin) is { } pin && KindOf(pin) is null) result.AddError($"--pin: found '{pin}', expected phrase, object or bin");
        var at = result.GetValue(_at) ?? FirstTick;
        var isTick = int.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var tick);
        if (!isTick && at != AnyTick) result.AddError($"--pin-at: found '{at}', expected a tick from 0 up, or '{AnyTick}'");
        var earliest = isTick ? tick : PinPlan.LatestDrawnTick;
        if (result.GetValue(_release) is { } release && release <= earliest) result.AddError($"--release-at: found {release}, expected more than {earliest}, when it is pinned at the latest");
        if (result.GetValue(_pin) is null && (result.GetResult(_release) is not null || result.GetResult(_at) is not null))
            result.AddError("--pin-at and --release-at need --pin.");
    }

    private static int? TickOf(string text) => text == AnyTick ? null : int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    private static PinKind? KindOf(string word)
    {
        foreach (var kind in Enum.GetValues<PinKind>())
            if (string.Equals(word, kind.ToString(), StringComparison.OrdinalIgnoreCase)) return kind;
        return null;
    }

    private static AblationKind? ParseAblation(ArgumentResult result)
    {
        var word = result.Tokens[0].Value;
        var kind = AblationWords.Find(word);
        if (kind is null) result.AddError($"--ablate: found '{word}', expected one of {string.Join(", ", AblationWords.All)}");
        return kind;
    }
}
