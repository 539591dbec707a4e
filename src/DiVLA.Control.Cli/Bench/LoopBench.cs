using System.Net;
using System.Text.Json;
using DiVLA.Control.Policy;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Robot;
using DiVLA.Control.Service;
using Serilog.Events;

namespace DiVLA.Control.Cli.Bench;

/// <summary>The closed loop: the service and an arm in one process, connected over gRPC as any robot would be.</summary>
internal sealed class LoopBench(BenchSettings settings, TimeProvider clock)
{
    private static readonly IPEndPoint AnyPort = new(IPAddress.Loopback, 0);
    private static readonly TimeSpan EndingTime = TimeSpan.FromSeconds(10);

    /// <summary>Runs until the time is up, or until cancelled: then the session ends in good order and counts as far as it came.</summary>
    /// <exception cref="OperationCanceledException">Cancelled before the session was open.</exception>
    public async Task<LoopMeasures> RunAsync(CancellationToken stop)
    {
        await using var server = await DivlaServer.StartAsync(ServiceOptions(), stop);
        var profile = ReadProfile(server.Manifest);
        await using var robot = new BenchRobot(server.Manifest, profile, server.GrpcAddress, settings.Instructions[0], settings.Seconds, clock);
        using var abort = new CancellationTokenSource();
        await using var stopping = stop.Register(() =>
        {
            robot.Stop("interrupted");
            abort.CancelAfter(EndingTime);
        });
        var summary = await robot.RunAsync(abort.Token) ?? throw new OperationCanceledException(stop);
        return LoopMeasures.Of(summary.Statistics, robot);
    }

    private ServiceOptions ServiceOptions() => new()
    {
        BundleDirectory = settings.Bundle,
        GrpcEndpoint = AnyPort,
        HttpEndpoint = AnyPort,
        Policy = new PolicyOptions { Onnx = settings.Onnx },
        Log = new LogOptions { Console = false, File = settings.LogFile, Level = LogEventLevel.Information },
        Clock = clock,
    };

    // The bundle has just been verified: what a robot would bring itself is read from there.
    private EmbodimentProfile ReadProfile(PolicyManifest manifest) => JsonSerializer.Deserialize<EmbodimentProfile>(
        File.ReadAllText(Path.Combine(settings.Bundle, manifest.Embodiments[0].Profile)), EmbodimentProfile.JsonOptions)!;
}
