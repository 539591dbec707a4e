using DiVLA.Control.Protocol.V1;
using DiVLA.Control.Service;

namespace DiVLA.Control.Cli.Watch;

/// <summary>A line an event, for machines.</summary>
internal sealed class WatchJson(TextWriter output) : IWatchView
{
    /// <inheritdoc/>
    public uint PeriodMs => 100;

    /// <inheritdoc/>
    public async Task FollowAsync(IAsyncEnumerable<WatchResponse> events)
    {
        await foreach (var news in events) await output.WriteLineAsync(WireJson.Line(news));
    }
}
