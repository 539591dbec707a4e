using DiVLA.Control.Cli.Sessions;
using DiVLA.Control.Protocol.V1;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace DiVLA.Control.Cli.Watch;

/// <summary>A panel a session, redrawn in place.</summary>
internal sealed class WatchLive(IAnsiConsole console) : IWatchView
{
    private const int BarWidth = 40;
    private static readonly Style Dim = new(decoration: Decoration.Dim);
    private readonly WatchBoard _board = new();

    /// <inheritdoc/>
    public uint PeriodMs => 200;

    /// <inheritdoc/>
    public Task FollowAsync(IAsyncEnumerable<WatchResponse> events) => console.Live(Draw()).StartAsync(async live =>
    {
        await foreach (var news in events)
        {
            _board.See(news);
            live.UpdateTarget(Draw());
        }
    });

    private Rows Draw()
    {
        var parts = new List<IRenderable>();
        if (WatchWords.Of(_board.Stops) is { } stops) parts.Add(new Text(stops, new Style(Color.White, Color.Red, Decoration.Bold)));
        if (_board.Sessions.Count == 0) parts.Add(new Text("No session is open.", Dim));
        foreach (var session in _board.Sessions)
        {
            parts.Add(SessionCard.Of(session));
            if (session is { Arm: { } arm, Contract: { } contract }) parts.Add(Joints(arm, contract));
        }
        return new Rows(parts);
    }

    // Where each joint stands between its limits.
    private static Grid Joints(ArmPose arm, Contract contract)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn(new GridColumn().NoWrap()).AddColumn(new GridColumn().NoWrap());
        for (var joint = 0; joint < Math.Min(arm.CommandedJointsRad.Count, contract.JointNames.Count); joint++)
            grid.AddRow(
                new Text(contract.JointNames[joint], Dim),
                new Text(Bar(arm.CommandedJointsRad[joint], contract.PositionLowerRad[joint], contract.PositionUpperRad[joint])),
                new Text(FormattableString.Invariant($"{arm.CommandedJointsRad[joint],6:0.00} rad")));
        return grid;
    }

    /// <summary>'[----|-----]'.</summary>
    internal static string Bar(double value, double lower, double upper)
    {
        var place = (int)Math.Round((value - lower) / (upper - lower) * (BarWidth - 1));
        return $"[{new string('-', BarWidth).Remove(Math.Clamp(place, 0, BarWidth - 1), 1).Insert(Math.Clamp(place, 0, BarWidth - 1), "|")}]";
    }
}
