using System.Globalization;
using DiVLA.Control.Cli.Reasoning;
using DiVLA.Control.Protocol.V1;
using DiVLA.Control.Service;
using Spectre.Console;

namespace DiVLA.Control.Cli.Demo;

/// <summary>A panel that is redrawn in place.</summary>
internal sealed class DemoLive(IAnsiConsole console, TimeProvider clock) : IDemoView
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);

    private string _title = "";

    /// <inheritdoc/>
    public void Started(DivlaServer server)
    {
        _title = $"{server.Manifest.Name} ({server.Manifest.Revision}) on {server.GrpcAddress}, JSON on {server.HttpAddress}";
        if (DemoPorts.Notice(server) is { } notice) console.WriteLine(notice);
    }

    /// <inheritdoc/>
    public Task FollowAsync(DemoBoard board, Task driving) => console.Live(Panel(board.Read())).StartAsync(async live =>
    {
        using var timer = new PeriodicTimer(Period, clock);
        while (!driving.IsCompleted)
        {
            await timer.WaitForNextTickAsync();
            live.UpdateTarget(Panel(board.Read()));
        }
    });

    private Panel Panel(DemoState state)
    {
        var statistics = state.Statistics ?? new SessionStatistics();
        var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn();
        Add("instruction", state.Instruction);
        Add("reasoning", state.Phrase.Length == 0 ? "(nothing yet)" : $"{state.Phrase}  [{state.Freshness.ToString().ToUpperInvariant()}]");
        if (state.Pin is { } pin) Add("pinned", ReasoningCommand.Words(pin));
        Add("episodes", $"{state.Episodes}, {state.Successes} succeeded");
        Add("rates", Rates(statistics));
        Add("ladder", Ladder(statistics));
        Add("lateness us", Lateness(statistics.Lateness));
        if (state.RealTimeDenied.Count > 0) Add("not permitted", string.Join("; ", state.RealTimeDenied));
        return new Panel(new Rows(grid, DemoReport.Stages(statistics.Stages))).Header(Markup.Escape(_title)).Border(BoxBorder.Rounded).Expand();

        void Add(string name, string value) => grid.AddRow(new Text(name, new Style(decoration: Decoration.Dim)), new Text(value));
    }

    private static string Rates(SessionStatistics statistics) => string.Create(
        CultureInfo.InvariantCulture,
        $"{statistics.CommandHz:0.0} commands/s, {statistics.InferenceHz:0.0} head inferences/s, {statistics.ReasoningHz:0.0} observe-reason-act cycles/s");

    private static string Ladder(SessionStatistics statistics) =>
        $"FRESH {statistics.Fresh} ({Percent.Of(statistics.Fresh, statistics.TicksDue)}), REUSED {statistics.Reused}, HOLD {statistics.Hold}, STOPPED {statistics.Stopped}, missed {statistics.Missed}";

    private static string Lateness(LatencyPercentiles? lateness) => lateness is null
        ? "-"
        : string.Create(CultureInfo.InvariantCulture, $"p50 {lateness.P50Us:0}, p90 {lateness.P90Us:0}, p99 {lateness.P99Us:0}, p99.9 {lateness.P999Us:0}, max {lateness.MaxUs:0}");
}
