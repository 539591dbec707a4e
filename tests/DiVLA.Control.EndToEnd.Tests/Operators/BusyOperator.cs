using System.Globalization;
using DiVLA.Control.Client;
using DiVLA.Control.Protocol.V1;
using DiVLA.Control.Robot;
using Grpc.Core;

namespace DiVLA.Control.EndToEnd.Tests.Operators;

/// <summary>An operator who pins and stops without a pause for as long as anybody answers, and remembers what was answered.</summary>
internal sealed class BusyOperator(string address, string robot)
{
    private readonly Lock _gate = new();
    private readonly List<(MonotonicTime At, string Why)> _pins = [];
    private readonly List<(MonotonicTime At, string Why)> _stops = [];

    /// <summary>Reasons of all pins that were answered by then.</summary>
    public string[] PinsBy(MonotonicTime time) => By(_pins, time);

    /// <summary>Reasons of all stops that were answered by then.</summary>
    public string[] StopsBy(MonotonicTime time) => By(_stops, time);

    /// <summary>Ends when the service is gone.</summary>
    public async Task RunAsync()
    {
        using var channel = ServiceChannel.For(new Uri(address));
        var (reasoning, operations) = (new ReasoningClient(channel), new OperationsClient(channel));
        try
        {
            for (var round = 0; ; round++)
            {
                var why = string.Create(CultureInfo.InvariantCulture, $"round {round}");
                if (await TryPinAsync(reasoning, why)) Note(_pins, why);
                // Of an arm that is not there: the one that is goes on working.
                await operations.EmergencyStopAsync(new EmergencyStopRequest { Arms = new Arms { RobotId = "absent" }, Who = "anna", Reason = why }, CancellationToken.None);
                Note(_stops, why);
            }
        }
        catch (RpcException gone) when (gone.StatusCode is StatusCode.Unavailable or StatusCode.Cancelled or StatusCode.Internal)
        {
            // Killed.
        }
    }

    // On a busy machine the robot may be about to connect again.
    private async Task<bool> TryPinAsync(ReasoningClient reasoning, string why)
    {
        try
        {
            await reasoning.PinAsync(new ReasoningPinRequest { Session = robot, Bin = "left", Who = "anna", Why = why }, CancellationToken.None);
            return true;
        }
        catch (RpcException absent) when (absent.StatusCode == StatusCode.NotFound)
        {
            return false;
        }
    }

    private void Note(List<(MonotonicTime At, string Why)> answered, string why)
    {
        lock (_gate) answered.Add((MonotonicTime.Now(TimeProvider.System), why));
    }

    private string[] By(List<(MonotonicTime At, string Why)> answered, MonotonicTime time)
    {
        lock (_gate) return [.. answered.Where(entry => entry.At <= time).Select(entry => entry.Why)];
    }
}
