namespace DiVLA.Control.EndToEnd.Tests.Deployment;

/// <summary>Command lines that deployment files start `divla` with.</summary>
internal static class Arguments
{
    /// <summary>Fails where one of the options is not an option of the command.</summary>
    public static async Task AssertAreKnownAsync(IReadOnlyList<string> arguments)
    {
        var help = (await Divla.RunAsync(arguments[0], "--help")).Out.Split((char[])[' ', '\n', ','], StringSplitOptions.RemoveEmptyEntries);
        Assert.That(help, Has.Member("--json"), $"'{arguments[0]}' is a command");
        var options = arguments.Where(argument => argument.StartsWith("--", StringComparison.Ordinal)).Select(argument => argument.Split('=')[0]);
        Assert.That(options, Is.SubsetOf(help));
    }

    /// <summary>The value of an option, written as '--option=value' or in two words; null where it is not given.</summary>
    public static string? ValueOf(IReadOnlyList<string> arguments, string option)
    {
        for (var index = 0; index < arguments.Count; index++)
        {
            if (arguments[index] == option) return arguments[index + 1];
            if (arguments[index].StartsWith(option + "=", StringComparison.Ordinal)) return arguments[index][(option.Length + 1)..];
        }
        return null;
    }
}
