using DiVLA.Control.Cli.Demo;
using DiVLA.Control.Protocol.V1;

namespace DiVLA.Control.Cli.Simulate;

/// <summary>What became of a simulated arm's run. Its JSON is described in docs/command-line.md.</summary>
/// <param name="Robot">Id of the arm.</param>
/// <param name="Episodes">Episodes that ended.</param>
/// <param name="Successes">Those of them that ended well.</param>
/// <param name="Sessions">1, unless the session was lost and opened again.</param>
/// <param name="CommandsSent">Commands of the last session, as the service counted them; null where it did not say.</param>
/// <param name="Missed">Ticks of the last session without a command; null where the service did not say.</param>
internal sealed record SimulateSummary(string Robot, int Episodes, int Successes, int Sessions, ulong? CommandsSent, ulong? Missed)
{
    public static SimulateSummary From(string robot, SessionSummary? summary, DemoState state) =>
        new(robot, state.Episodes, state.Successes, state.Sessions, summary?.Statistics.CommandsSent, summary?.Statistics.Missed);

    public string Words() => $"{Robot}: {Successes} of {Episodes} episodes succeeded, {CommandsSent?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "no"} commands in the last session";
}
