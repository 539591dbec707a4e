using System.CommandLine;
using DiVLA.Control.Protocol.V1;

namespace DiVLA.Control.Cli.Stop;

/// <summary>Which arms a command is about.</summary>
internal sealed class ArmSelection
{
    private readonly Argument<string?> _robot = new("robot") { Description = "Id of one robot.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _session = new("--session") { Description = "The robot of one session.", HelpName = "ID" };
    private readonly Option<bool> _all = new("--all") { Description = "All robots, also those that connect later." };

    public void AddTo(Command command)
    {
        command.Add(_robot);
        command.Add(_session);
        command.Add(_all);
        command.Validators.Add(result =>
        {
            var given = new[] { result.GetValue(_robot) is not null, result.GetValue(_session) is not null, result.GetValue(_all) };
            if (given.Count(isGiven => isGiven) != 1) result.AddError("Name exactly one of: a robot, --session ID, --all.");
        });
    }

    public Arms Of(ParseResult parsed)
    {
        if (parsed.GetValue(_all)) return new Arms { All = true };
        return parsed.GetValue(_session) is { } session ? new Arms { SessionId = session } : new Arms { RobotId = parsed.GetValue(_robot) };
    }
}
