using System.Collections.Concurrent;
using DiVLA.Control.Datasets.Recording;
using DiVLA.Control.Policy;
using DiVLA.Control.Service;
using DiVLA.Control.Simulator.Robot;

namespace DiVLA.Control.Cli.Record;

/// <summary>One recording: starts the service, lets the simulated arm work through its episodes in one session, writes what passes between the two.</summary>
internal sealed class RecordRun(RecordSettings settings, TimeProvider clock)
{
    private static readonly TimeSpan EndingTime = TimeSpan.FromSeconds(10);

    /// <summary>Runs to the end, or until cancelled: the episodes that are finished by then are kept.</summary>
    /// <param name="finished">Told of every episode, from the thread that writes.</param>
    /// <param name="stop">Ends early.</param>
    public async Task<RecordSummary> RunAsync(Action<RecordedEpisode> finished, CancellationToken stop)
    {
        var episodes = new ConcurrentQueue<RecordedEpisode>();
        var recorder = new SessionRecorder(RecorderOptions(episode =>
        {
            episodes.Enqueue(episode);
            finished(episode);
        }));
        string revision;
        await using (recorder)
        {
            await using var server = await DivlaServer.StartAsync(ServiceOptions(), stop);
            revision = server.Manifest.Revision;
            await DriveAsync(server, recorder, stop);
        }
        return RecordSummary.Of(settings, episodes, revision);
    }

    private async Task DriveAsync(DivlaServer server, SessionRecorder recorder, CancellationToken stop)
    {
        var options = new SimulatedRobotOptions
        {
            Address = server.GrpcAddress,
            Arm = settings.Arm,
            NoiseSeed = settings.Seed,
            ControlWatcher = recorder,
            Clock = clock,
        };
        await using var robot = new SimulatedRobot(options, settings.Draw(), new EpisodeBounds(recorder, settings.SuccessesOnly));
        using var abort = new CancellationTokenSource();
        await using var stopping = stop.Register(() =>
        {
            robot.Stop("interrupted");
            abort.CancelAfter(EndingTime);
        });
        var driving = robot.RunAsync(abort.Token);
        // Driving on without a recording would be for nothing.
        if (await Task.WhenAny(driving, recorder.Completion) != driving) robot.Stop("the dataset cannot be written");
        await driving;
    }

    private RecorderOptions RecorderOptions(Action<RecordedEpisode> ended) => new()
    {
        Directory = settings.Directory,
        Contract = SimulatedCameras.ContractOf(settings.Arm),
        Encodings = SimulatedCameras.Encodings,
        Fps = settings.Fps,
        Cameras = settings.Cameras,
        Ended = ended,
    };

    private ServiceOptions ServiceOptions() => new()
    {
        BundleDirectory = settings.Bundle,
        UseFreePortsWhenTaken = true,
        Policy = new PolicyOptions { Onnx = settings.Onnx },
        Log = new LogOptions { Console = false },
        Clock = clock,
    };
}
