using DiVLA.Control.Cli.Frames;
using DiVLA.Control.Client;
using DiVLA.Control.Policy;
using DiVLA.Control.Protocol.V1;
using DiVLA.Control.Service;
using DiVLA.Control.Simulator.Robot;
using Grpc.Core;
using Serilog.Events;

namespace DiVLA.Control.Cli.Demo;

/// <summary>One demo: starts the service, lets the arm work, follows with a view and sums up.</summary>
internal sealed class DemoRun(DemoSettings settings, IDemoView view, TimeProvider clock)
{
    private static readonly TimeSpan PollPeriod = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan EndingTime = TimeSpan.FromSeconds(10);

    private readonly DemoBoard _board = new(clock);

    /// <summary>Runs to the end, or until cancelled: then the session ends in good order and the summary covers what was done.</summary>
    /// <exception cref="OperationCanceledException">Cancelled before the session was open.</exception>
    public async Task<DemoSummary> RunAsync(CancellationToken stop)
    {
        // For whoever asks while the demo runs; a demo leaves nothing behind.
        using var records = new TemporaryFolder();
        await using var server = await DivlaServer.StartAsync(ServiceOptions(records.FileNamed("reasoning.db")), stop);
        view.Started(server);
        await using var frames = settings.FramesDirectory is { } directory ? new FrameRecorder(directory) : null;
        await using var robot = new SimulatedRobot(RobotOptions(server), settings.Draw(), Watcher(frames));
        using var abort = new CancellationTokenSource();
        await using var stopping = stop.Register(() =>
        {
            robot.Stop("interrupted");
            abort.CancelAfter(EndingTime);
        });
        var driving = robot.RunAsync(abort.Token);
        using var polling = CancellationTokenSource.CreateLinkedTokenSource(abort.Token);
        var polled = PollAsync(server, polling.Token);
        await view.FollowAsync(_board, driving);
        await polling.CancelAsync();
        await polled;
        var summary = await driving ?? throw new OperationCanceledException(stop);
        return DemoSummary.From(settings, server.Manifest, summary, _board);
    }

    private ServiceOptions ServiceOptions(string records) => new()
    {
        BundleDirectory = settings.Bundle,
        UseFreePortsWhenTaken = true,
        Policy = new PolicyOptions { Onnx = settings.Onnx },
        // The console belongs to the view, which says itself what the service would warn of: refused measures, holds, faults.
        Log = new LogOptions { Console = false, File = settings.LogFile, Level = LogEventLevel.Information },
        Records = new RecordOptions { File = records },
        Clock = clock,
    };

    private SimulatedRobotOptions RobotOptions(DivlaServer server) => new()
    {
        Address = server.GrpcAddress,
        Arm = settings.Arm,
        NoiseSeed = settings.Seed,
        TickLimit = settings.Seconds is { } seconds ? (ulong)Math.Ceiling(seconds * settings.Arm.ControlRateHz) : null,
        Clock = clock,
    };

    private SimulatedRobotWatcher Watcher(FrameRecorder? frames) => frames is null ? _board : new WatcherGroup(_board, frames.Collector);

    // The figures on screen are the service's own, asked for as an operator would.
    private async Task PollAsync(DivlaServer server, CancellationToken cancellation)
    {
        using var channel = ServiceChannel.For(server.GrpcAddress);
        var operations = new OperationsClient(channel);
        using var timer = new PeriodicTimer(PollPeriod, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation))
                if (await TryReadAsync(operations, cancellation) is { } statistics) _board.Post(statistics);
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    // There is no session yet, or not any more.
    private static async Task<SessionStatistics?> TryReadAsync(OperationsClient operations, CancellationToken cancellation)
    {
        try
        {
            return (await operations.GetStatisticsAsync("", cancellation)).Statistics;
        }
        catch (RpcException error) when (error.StatusCode is StatusCode.NotFound or StatusCode.Cancelled)
        {
            return null;
        }
    }
}
