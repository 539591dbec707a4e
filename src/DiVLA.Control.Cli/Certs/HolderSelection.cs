using System.CommandLine;
using DiVLA.Control.Service.Identity;
using DiVLA.Control.Service.Identity.Development;

namespace DiVLA.Control.Cli.Certs;

/// <summary>For whom a credential is made.</summary>
internal sealed class HolderSelection
{
    private readonly Argument<string> _name = new("name") { Description = "Who it is for: 1 to 64 of letters, digits, '-', '_', '.'. Names the files, and stands in logs and records." };

    private readonly Option<string[]> _roles = new("--role")
    {
        Description = "robot, operator or viewer; give it several times for several.",
        HelpName = "ROLE",
        Required = true,
    };

    private readonly Option<string[]> _robots = new("--robots")
    {
        Description = "Robots that it is about: ids, or beginnings of ids followed by '*', separated by commas. '*' is every robot.",
        HelpName = "LIST",
        Required = true,
        CustomParser = result => [.. result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))],
    };

    public void AddTo(Command command)
    {
        command.Add(_name);
        command.Add(_roles);
        command.Add(_robots);
    }

    /// <exception cref="ArgumentException">Name, role or robots make no sense.</exception>
    public CredentialHolder Of(ParseResult parsed)
    {
        var (name, robots) = (parsed.GetRequiredValue(_name), parsed.GetRequiredValue(_robots));
        if (name.EndsWith('*') || !RobotScope.IsPattern(name)) throw new ArgumentException($"name: found '{name}', expected 1 to 64 of letters, digits, '-', '_', '.'");
        if (!CredentialWords.TryFromWords(parsed.GetRequiredValue(_roles), [], out var roles, out _))
            throw new ArgumentException("--role: expected robot, operator or viewer");
        return new CredentialHolder(name, roles, RobotScope.Of(robots) ?? throw new ArgumentException("--robots: expected ids, or beginnings of ids followed by '*'"));
    }
}
