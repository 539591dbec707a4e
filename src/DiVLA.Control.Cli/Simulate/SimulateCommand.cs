using System.CommandLine;
using DiVLA.Control.Cli.Demo;
using DiVLA.Control.Simulator.Robot;
using DiVLA.Control.Simulator.Tasks;

namespace DiVLA.Control.Cli.Simulate;

/// <summary>`divla simulate`: a simulated arm as a client of a service that runs elsewhere.</summary>
internal static class SimulateCommand
{
    private static readonly TimeSpan EndingTime = TimeSpan.FromSeconds(10);

    public static Command Create(Terminal terminal, TimeProvider clock)
    {
        var robot = new Option<string?>("--robot") { Description = "Id of the arm. Default: `simulated-` and the name of its make.", HelpName = "ID" };
        var arm = SharedOptions.Embodiment();
        var episodes = new Option<int?>("--episodes") { Description = "Episodes to play. Default: until Ctrl-C.", HelpName = "N" };
        episodes.RequireAbove(0);
        var (seed, families, bundle) = (SharedOptions.Seed(1), SharedOptions.Families("--family"), SharedOptions.Bundle());
        var (server, json) = (new ServerSelection(), SharedOptions.Json());
        var command = new Command("simulate", "Let a simulated arm be driven by a running service.") { robot, arm, episodes, seed, families, bundle, json };
        server.AddTo(command);
        command.SetAction((parsed, cancellation) => CommandGuard.RunAsync(terminal, () =>
        {
            var tasks = BundleTasks.Read(BundleLocation.Find(parsed.GetValue(bundle)));
            var target = server.Of(parsed);
            var usual = new SimulatedRobotOptions
            {
                Address = target.Address,
                Credentials = target.Credentials,
                Arm = parsed.GetRequiredValue(arm),
                NoiseSeed = parsed.GetValue(seed),
                Clock = clock,
            };
            var options = parsed.GetValue(robot) is { } id ? usual with { RobotId = id } : usual;
            var drawn = Draw(parsed.GetValue(episodes), parsed.GetValue(seed), BundleTasks.Choose(parsed.GetValue(families), tasks), tasks);
            return RunAsync(options, drawn, terminal, parsed.GetValue(json), clock, cancellation);
        }));
        return command;
    }

    private static async Task<int> RunAsync(
        SimulatedRobotOptions options, IEnumerable<Episode> episodes, Terminal terminal, bool json, TimeProvider clock, CancellationToken stop)
    {
        var board = new DemoBoard(clock);
        await using var robot = new SimulatedRobot(options, episodes, board);
        using var abort = new CancellationTokenSource();
        await using var stopping = stop.Register(() =>
        {
            robot.Stop("interrupted");
            abort.CancelAfter(EndingTime);
        });
        var driving = robot.RunAsync(abort.Token);
        await new DemoLines(json ? terminal.Error : terminal.Out, clock).FollowAsync(board, driving);
        var summary = SimulateSummary.From(options.RobotId, await driving, board.Read());
        await terminal.Out.WriteLineAsync(json ? Json.Line(summary) : summary.Words());
        return ExitCode.Success;
    }

    private static IEnumerable<Episode> Draw(int? count, ulong seed, IReadOnlyList<TaskFamily> families, TaskScope tasks)
    {
        for (var i = 0; i < (count ?? int.MaxValue); i++)
            yield return EpisodeSampler.Sample(SeedSplit.Evaluation, seed + (ulong)i, families[i % families.Count], tasks);
    }
}
