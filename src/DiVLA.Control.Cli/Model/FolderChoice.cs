using System.CommandLine;

namespace DiVLA.Control.Cli.Model;

/// <summary>A folder that is named by its place on the command line, or by an option where that reads better.</summary>
internal sealed class FolderChoice(string place, string option)
{
    private readonly Argument<DirectoryInfo?> _place = new(place) { Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<DirectoryInfo?> _option = new(option) { HelpName = "DIR" };

    public void AddTo(Command command, string description)
    {
        _place.Description = description;
        _option.Description = $"The same as {place.ToUpperInvariant()}.";
        command.Add(_place);
        command.Add(_option);
    }

    /// <summary>True where the folder is named either way.</summary>
    public bool IsNamed(ParseResult parsed) => parsed.GetValue(_place) is not null || parsed.GetValue(_option) is not null;

    /// <summary>True where the folder is named by the option, and so cannot be taken for another.</summary>
    public bool IsNamedByOption(ParseResult parsed) => parsed.GetValue(_option) is not null;

    /// <summary>The folder's full path.</summary>
    /// <exception cref="ArgumentException">It is named twice, or not at all.</exception>
    public string Of(ParseResult parsed)
    {
        var (placed, named) = (parsed.GetValue(_place), parsed.GetValue(_option));
        if (placed is not null && named is not null) throw new ArgumentException($"{option}: found {named} and {placed}, expected one of them");
        return (placed ?? named)?.FullName ?? throw new ArgumentException($"{option}: found none, expected a folder");
    }
}
