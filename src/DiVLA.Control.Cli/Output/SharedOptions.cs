using System.CommandLine;
using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.Arm;
using DiVLA.Control.Simulator.Tasks;

namespace DiVLA.Control.Cli;

/// <summary>Options that several commands have, spelled and explained the same everywhere.</summary>
internal static class SharedOptions
{
    private const string EmbodimentName = "--embodiment";

    public static Option<bool> Json() => new("--json") { Description = "Write JSON, one object a line, for machines." };

    public static Option<DirectoryInfo?> Bundle() => new("--bundle")
    {
        Description = $"Folder of the policy bundle. Default: {BundleLocation.Default}, beside the executable or in a folder above it.",
        HelpName = "DIR",
    };

    public static Option<string?> LogFile() => new("--log-file") { Description = "Write the service's log to this file, a new one each day: the day is added to its name.", HelpName = "FILE" };

    /// <summary>Who asks, for the record.</summary>
    public static Option<string> Who() => new("--who")
    {
        Description = "Who asks, for the record. Default: the user's name on this machine.",
        HelpName = "NAME",
        DefaultValueFactory = _ => Environment.UserName is { Length: > 0 } user ? user : "divla",
    };

    /// <summary>Why, for the record.</summary>
    public static Option<string> Why() => new("--why") { Description = "Why, for the record.", HelpName = "TEXT", DefaultValueFactory = _ => "" };

    public static Option<ulong> Seed(ulong value) => new("--seed")
    {
        Description = "First seed of the scenes; each episode takes the next one. Evaluation seeds: none of them was trained on.",
        HelpName = "N",
        DefaultValueFactory = _ => value,
    };

    /// <summary>One simulated arm, by name or by the path of its profile.</summary>
    public static Option<EmbodimentProfile> Embodiment() => new(EmbodimentName)
    {
        Description = "Which arm is simulated: " + ArmWords,
        HelpName = "ARM",
        DefaultValueFactory = _ => ArmProfiles.Panda,
        CustomParser = result => ParseArms(result) is [var arm, ..] ? arm : null!,
    };

    /// <summary>Simulated arms, separated by commas or given several times.</summary>
    public static Option<EmbodimentProfile[]> Embodiments() => new(EmbodimentName)
    {
        Description = "Which arms are simulated, several separated by commas: " + ArmWords,
        HelpName = "LIST",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [ArmProfiles.Panda],
        CustomParser = ParseArms,
    };

    private static string ArmWords => $"{string.Join(", ", ArmProfiles.Names)}, or the path of a profile. The bundle must have an embodiment of that name.";

    private static EmbodimentProfile[] ParseArms(System.CommandLine.Parsing.ArgumentResult result)
    {
        var arms = new List<EmbodimentProfile>();
        foreach (var word in result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)))
            try
            {
                arms.Add(ArmProfiles.Find(word));
            }
            catch (Exception fault) when (fault is ArgumentException or InvalidDataException or IOException)
            {
                result.AddError($"{EmbodimentName}: {fault.Message}");
            }
        return [.. arms.DistinctBy(arm => arm.Name)];
    }

    /// <summary>A whole number of at least 1.</summary>
    public static Option<int> Count(string name, string description, int value)
    {
        var option = new Option<int>(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => value };
        option.RequireAbove(0);
        return option;
    }

    /// <summary>Families by name, separated by commas or given several times.</summary>
    public static Option<TaskFamily[]> Families(string name) => new(name)
    {
        Description = $"Kinds of instruction: {string.Join(", ", FamilyNames)}. Several separated by commas. Default: those that the bundle was trained for.",
        HelpName = "LIST",
        AllowMultipleArgumentsPerToken = true,
        CustomParser = result => ParseFamilies(name, result),
    };

    private static IEnumerable<string> FamilyNames => Enum.GetValues<TaskFamily>().Select(InstructionGrammar.Name);

    private static TaskFamily[] ParseFamilies(string name, System.CommandLine.Parsing.ArgumentResult result)
    {
        var families = new List<TaskFamily>();
        foreach (var word in result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)))
            if (FamilyNames.ToList().IndexOf(word) is var index and >= 0) families.Add((TaskFamily)index);
            else result.AddError($"{name}: found '{word}', expected some of {string.Join(", ", FamilyNames)}");
        return [.. families.Distinct()];
    }
}
