using System.CommandLine.Parsing;

namespace DiVLA.Control.Cli;

/// <summary>Mistakes on the command line in the words of the manual. The parser says which .NET type it expected; nobody who types a command knows those.</summary>
internal static class ParseMistake
{
    private const string TypeMark = "expected type '";

    /// <summary>True where the parser names a type.</summary>
    public static bool NamesType(ParseError error) => error.Message.Contains(TypeMark, StringComparison.Ordinal);

    /// <summary>'--episodes: found 'many', expected a whole number'.</summary>
    public static string Words(ParseError error) => NamesType(error) && error.SymbolResult is OptionResult { Option: var option } result
        ? $"{option.Name}: found '{string.Join(' ', result.Tokens.Select(token => token.Value))}', expected {Words(option.ValueType)}"
        : error.Message;

    private static string Words(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsEnum) return string.Join(", ", Enum.GetNames(type)[..^1]) + " or " + Enum.GetNames(type)[^1];
        if (type == typeof(double)) return "a number";
        return type == typeof(ulong) ? "a whole number from 0 up" : "a whole number";
    }
}
