using System.CommandLine;
using DiVLA.Control.Training.Commands;

namespace DiVLA.Control.Training.Tests.Commands;

/// <summary>The whole recipe in one command, with parts that only say how they were called.</summary>
[TestFixture]
internal sealed class TrainingCommandTests
{
    private static readonly string[] _interrupted = ["policy --output runs/mine --seed 3 --steps 40"];
    private static readonly string[] _whole = ["policy --output runs/mine --seed 3 --steps 40", "embodiment --output runs/mine --seed 3"];

    private static readonly string[] _resumed = ["policy --output runs/mine --resume", "embodiment --output runs/mine"];

    [Test]
    public async Task NoSubCommand_RunsEveryPartInOrder_AndSaysHowToBuild()
    {
        var (calls, exitCode, said) = await RunAsync(policyEnds: 0, "--output", "runs/mine", "--seed", "3", "--steps", "40");
        Assert.That(calls, Is.EqualTo(_whole));
        Assert.That(exitCode, Is.Zero);
        Assert.That(said, Does.Contain("divla model build runs/mine models/mine"));
    }

    [Test]
    public async Task NoSubCommand_PolicyIsInterrupted_EndsThere()
    {
        var (calls, exitCode, said) = await RunAsync(policyEnds: 130, "--output", "runs/mine", "--seed", "3", "--steps", "40");
        Assert.That(calls, Is.EqualTo(_interrupted));
        Assert.That(exitCode, Is.EqualTo(130));
        Assert.That(said, Does.Not.Contain("model build"));
    }

    // What is not given is the recipe's to say, and a resumed run has a recipe of its own.
    [Test]
    public async Task NoSubCommand_Resumed_LeavesTheRecipeAlone()
    {
        var (calls, _, _) = await RunAsync(policyEnds: 0, "--output", "runs/mine", "--resume");
        Assert.That(calls, Is.EqualTo(_resumed));
    }

    [Test]
    public async Task SubCommand_RunsAlone()
    {
        var (calls, _, _) = await RunAsync(policyEnds: 0, "embodiment", "--output", "runs/mine");
        Assert.That(calls.Single(), Does.StartWith("embodiment"));
    }

    // Every part takes the options that the whole recipe hands on.
    [Test]
    public void Parts_OfTheRealRecipe_TakeWhatTheyAreHanded()
    {
        var root = TrainingCommand.Create(PolicyCommand.Create(), EmbodimentCommand.Create());
        Assert.That(root.Parse(["policy", "--output", "runs/mine", "--seed", "3", "--resume", "--steps", "40"]).Errors, Is.Empty);
        Assert.That(root.Parse(["embodiment", "--output", "runs/mine", "--seed", "3"]).Errors, Is.Empty);
    }

    [Test]
    public async Task Mistake_IsUsage()
    {
        Assert.That(await TrainingCommand.RunAsync(["--fly"]), Is.EqualTo(2));
    }

    private static async Task<(List<string> Calls, int ExitCode, string Said)> RunAsync(int policyEnds, params string[] arguments)
    {
        var calls = new List<string>();
        var root = TrainingCommand.Create(Recorded("policy", calls, policyEnds), Recorded("embodiment", calls, 0));
        using var output = new StringWriter();
        var exitCode = await root.Parse(arguments).InvokeAsync(new InvocationConfiguration { Output = output });
        return (calls, exitCode, output.ToString());
    }

    private static Command Recorded(string name, List<string> calls, int exitCode)
    {
        var command = new Command(name) { new Option<string>("--output"), new Option<ulong>("--seed"), new Option<int>("--steps"), new Option<bool>("--resume") };
        command.SetAction(parsed =>
        {
            calls.Add(string.Join(' ', parsed.Tokens.Select(token => token.Value)));
            return exitCode;
        });
        return command;
    }
}
