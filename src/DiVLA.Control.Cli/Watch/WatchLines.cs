using DiVLA.Control.Cli.Reasoning;
using DiVLA.Control.Cli.Sessions;
using DiVLA.Control.Protocol.V1;

namespace DiVLA.Control.Cli.Watch;

/// <summary>A line for everything that changes and one a second for lateness and joints, for pipes and files.</summary>
internal sealed class WatchLines(TextWriter output) : IWatchView
{
    private readonly WatchBoard _board = new();

    /// <inheritdoc/>
    public uint PeriodMs => 1000;

    /// <inheritdoc/>
    public async Task FollowAsync(IAsyncEnumerable<WatchResponse> events)
    {
        await foreach (var news in events)
        {
            _board.See(news);
            if (Words(news) is { } line) await output.WriteLineAsync(line);
        }
    }

    private string? Words(WatchResponse news) => news.EventCase switch
    {
        WatchResponse.EventOneofCase.Stops => WatchWords.Of(news.Stops),
        WatchResponse.EventOneofCase.Session => $"{news.RobotId}: session {news.SessionId}, told '{news.Session.Instruction}'"
            + (news.Session.Pin is { } pin ? $", pinned {ReasoningCommand.Words(pin)}" : ""),
        WatchResponse.EventOneofCase.Phrase => $"{news.RobotId}: {ReasoningCommand.Words(news.Phrase)}",
        WatchResponse.EventOneofCase.State => $"{news.RobotId}: {SessionCard.State(news.State.State, news.State.Reason)} from tick {news.State.Tick}",
        WatchResponse.EventOneofCase.Statistics when _board.Find(news) is { Arm: { } arm } =>
            $"{news.RobotId}: tick {arm.Tick}, lateness {SessionCard.Lateness(news.Statistics.Lateness)}, joints {WatchWords.Of(arm)}",
        WatchResponse.EventOneofCase.Ended => $"{news.RobotId}: session {news.SessionId} has ended",
        _ => null,
    };
}
