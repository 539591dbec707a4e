using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Bundle.Arms;

namespace DiVLA.Control.Service;

/// <summary>Looks for arms that are put into the served bundle's folder, now and then and whenever a robot asks for one that is not known.</summary>
/// <remarks>What is new is verified on a thread of the pool. Sessions never wait for it, and a folder with faults changes nothing for them.</remarks>
internal sealed partial class EmbodimentWatch(PolicyBundle bundle, ServiceOptions options, ILogger<EmbodimentWatch> logger) : BackgroundService
{
    /// <summary>Looks at once, whether or not somebody may still be copying.</summary>
    public Task LookAsync(CancellationToken cancellation) => Task.Run(() => Look(settledOnly: false, cancellation), cancellation);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        foreach (var refusal in bundle.RefusedEmbodiments.Values) Log(refusal);
        using var timer = new PeriodicTimer(options.EmbodimentPoll, options.Clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await Task.Run(() => Look(settledOnly: true, stoppingToken), stoppingToken);
    }

    private void Look(bool settledOnly, CancellationToken cancellation)
    {
        try
        {
            foreach (var change in bundle.RefreshEmbodiments(settledOnly, cancellation)) Log(change);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Unreadable(logger, error.Message);
        }
    }

    private void Log(EmbodimentChange change)
    {
        if (change.Kind == EmbodimentChangeKind.Refused) Refused(logger, change.Describe());
        else Changed(logger, change.Describe());
    }

    [LoggerMessage(150, LogLevel.Information, "{Change}")]
    private static partial void Changed(ILogger logger, string change);

    [LoggerMessage(151, LogLevel.Warning, "{Refusal}")]
    private static partial void Refused(ILogger logger, string refusal);

    [LoggerMessage(152, LogLevel.Warning, "The bundle's embodiments cannot be looked at: {Reason}")]
    private static partial void Unreadable(ILogger logger, string reason);
}
