using DiVLA.Control.Client;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Protocol.V1;
using DiVLA.Control.Robot;
using RobotState = DiVLA.Control.Robot.RobotState;

namespace DiVLA.Control.Cli.Bench;

/// <summary>An arm of any bundle as a client of the service: is where it was commanded to be, and answers every command with an observation.</summary>
internal sealed class BenchRobot : RobotControlHandler, IAsyncDisposable
{
    // A large model on a small machine takes long until a session is open, and to end the plan that it has begun.
    private static readonly TimeSpan PlanningLimit = TimeSpan.FromMinutes(10);

    private readonly BenchScene _scene;
    private readonly RobotControlClient _client;
    private readonly TimeProvider _clock;
    private readonly ulong _ticks;
    private long _actions;

    public BenchRobot(PolicyManifest manifest, EmbodimentProfile profile, Uri address, string instruction, double seconds, TimeProvider clock)
    {
        (_scene, _clock) = (new BenchScene(manifest, profile), clock);
        _ticks = (ulong)Math.Ceiling(seconds * profile.ControlRateHz);
        _client = new RobotControlClient(
            new RobotControlOptions
            {
                Address = address,
                RobotId = "bench",
                Contract = EmbodimentContract.From(profile, manifest.Cameras.Select(camera => new ContractCamera(camera.Name, camera.Width, camera.Height))),
                Encodings = Array.ConvertAll(manifest.Cameras, _ => ImageEncoding.Rgb8),
                Instruction = instruction,
                NoiseSeed = 1,
                AcceptLimit = PlanningLimit,
                EndLimit = PlanningLimit,
                Clock = clock,
            },
            this);
    }

    /// <summary>Commands that arrived.</summary>
    public long ActionsReceived => Interlocked.Read(ref _actions);

    /// <summary>Phrases that arrived.</summary>
    public int PhrasesReceived { get; private set; }

    /// <summary>The last of them.</summary>
    public string LastPhrase { get; private set; } = "";

    /// <summary>Drives until its ticks are used up or it is stopped.</summary>
    public Task<SessionSummary?> RunAsync(CancellationToken cancellation) => _client.RunAsync(cancellation);

    /// <summary>Ends the session in good order. Any thread.</summary>
    public void Stop(string reason) => _client.Stop(reason);

    /// <inheritdoc/>
    public override RobotState ReadState() => _scene.State;

    /// <inheritdoc/>
    public override void OnAccepted(SessionAccepted session) => Observe();

    /// <inheritdoc/>
    public override void OnAction(in RobotAction action)
    {
        Interlocked.Increment(ref _actions);
        _scene.Follow(action.Command);
        Observe();
        if (action.Tick >= _ticks) _client.Stop("time is up");
    }

    /// <inheritdoc/>
    /// <remarks>No command arrived: it is not counted.</remarks>
    public override void OnHold(in RobotAction hold) => _scene.Follow(hold.Command);

    /// <inheritdoc/>
    public override void OnPhrase(Phrase phrase) => (PhrasesReceived, LastPhrase) = (PhrasesReceived + 1, phrase.Text);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _client.DisposeAsync();

    private void Observe() => _client.Observe(MonotonicTime.Now(_clock), _scene.State, _scene.Pictures);
}
