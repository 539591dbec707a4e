using DiVLA.Control.Protocol.V1;

namespace DiVLA.Control.Cli.Watch;

/// <summary>Shows what happens in sessions.</summary>
internal interface IWatchView
{
    /// <summary>How often joints are wanted. Unit: ms.</summary>
    uint PeriodMs { get; }

    /// <summary>Shows every event until there are no more.</summary>
    Task FollowAsync(IAsyncEnumerable<WatchResponse> events);
}
