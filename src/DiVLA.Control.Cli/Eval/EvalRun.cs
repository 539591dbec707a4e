using System.Globalization;
using DiVLA.Control.Cli.Eval.Ablations;
using DiVLA.Control.Cli.Eval.Pins;
using DiVLA.Control.Client;
using DiVLA.Control.Policy;
using DiVLA.Control.Robot;
using DiVLA.Control.Service;
using DiVLA.Control.Simulator.Expert;
using DiVLA.Control.Simulator.Robot;
using DiVLA.Control.Simulator.Tasks;
using Grpc.Net.Client;

namespace DiVLA.Control.Cli.Eval;

/// <summary>Closed-loop success over unseen episodes, through the real service at its real rate. A session an episode, from a random start.</summary>
internal sealed class EvalRun(EvalSettings settings, TimeProvider clock)
{
    private readonly FailureSheet? _failures = settings.FailuresDirectory is { } directory ? new FailureSheet(directory) : null;

    /// <summary>Plays all episodes.</summary>
    /// <param name="finished">Told of every episode, from any thread.</param>
    /// <param name="cancellation">Ends without a summary: half an evaluation is none.</param>
    public async Task<EvalSummary> RunAsync(Action<EvalTrial> finished, CancellationToken cancellation)
    {
        await using var server = await DivlaServer.StartAsync(ServiceOptions(), cancellation);
        using var operators = ServiceChannel.For(server.GrpcAddress);
        var families = new List<EvalFamily>();
        foreach (var family in settings.Families)
        {
            var trials = await TryAllAsync(server.GrpcAddress, operators, Draw(family), finished, cancellation);
            families.AddRange(settings.Embodiments.Select(arm => EvalFamily.Of(family, arm.Name, [.. trials.Where(trial => trial.Embodiment == arm.Name)])));
        }
        return new EvalSummary(
            families, settings.Seed, server.Manifest.Revision, settings.Arms, settings.Pin, settings.Ablation is { } kind ? AblationWords.Word(kind) : null);
    }

    // Makes in turn, so that arms driven at once are of different make.
    private IEnumerable<(EmbodimentProfile Arm, Episode Episode)> Draw(TaskFamily family) =>
        from episode in settings.Draw(family) from arm in settings.Embodiments select (arm, episode with { Scene = episode.Scene.Clone() });

    private PolicyOptions PolicyOptions()
    {
        var options = new PolicyOptions { Onnx = settings.Onnx };
        return settings.Ablation is { } kind ? options with { Ablation = AblationSource.Create(kind, settings, options) } : options;
    }

    private ServiceOptions ServiceOptions() => new()
    {
        BundleDirectory = settings.Bundle,
        UseFreePortsWhenTaken = true,
        Policy = PolicyOptions(),
        Limits = new SessionLimits { MaxSessions = settings.Arms + 1 },
        Log = new LogOptions { Console = false, File = settings.LogFile },
        Clock = clock,
    };

    private async Task<List<EvalTrial>> TryAllAsync(
        Uri address, GrpcChannel operators, IEnumerable<(EmbodimentProfile Arm, Episode Episode)> attempts, Action<EvalTrial> finished, CancellationToken cancellation)
    {
        var trials = new List<EvalTrial>();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = settings.Arms, CancellationToken = cancellation };
        await Parallel.ForEachAsync(attempts, parallel, async (attempt, stop) =>
        {
            var trial = settings.Pin is { } plan
                ? await TryPinnedAsync(address, operators, plan, attempt.Arm, attempt.Episode, stop)
                : await TryAsync(address, attempt.Arm, attempt.Episode, [], stop);
            lock (trials) trials.Add(trial);
            finished(trial);
        });
        return trials;
    }

    private async Task<EvalTrial> TryPinnedAsync(
        Uri address, GrpcChannel operators, PinPlan plan, EmbodimentProfile arm, Episode episode, CancellationToken cancellation)
    {
        var task = PinnedTask.Draw(episode, plan);
        var pinning = new PinOperator(operators, plan, task, clock);
        var trial = await TryAsync(address, arm, task.Judged(plan), [pinning], cancellation);
        return trial with { Pin = await pinning.FateAsync() };
    }

    private async Task<EvalTrial> TryAsync(
        Uri address, EmbodimentProfile arm, Episode episode, SimulatedRobotWatcher[] operators, CancellationToken cancellation)
    {
        var options = new SimulatedRobotOptions
        {
            Address = address,
            Arm = arm,
            RobotId = string.Create(CultureInfo.InvariantCulture, $"{arm.Name}-{InstructionGrammar.Name(episode.Family)}-{episode.Seed}"),
            NoiseSeed = episode.Seed,
            Clock = clock,
        };
        // Before the arm moves anything.
        var expertSeconds = ExpertTime.Of(episode, arm);
        var watcher = new TrialWatcher();
        SimulatedRobotWatcher[] pictures = _failures is null ? [] : [_failures.CreateCollector(arm.Name)];
        await using var robot = new SimulatedRobot(options, [episode], new WatcherGroup([.. operators, watcher, .. pictures]));
        var summary = await robot.RunAsync(cancellation);
        if (summary is null || watcher.Result is not { } result)
            throw new InvalidOperationException(
                $"The session of {options.RobotId} ended ({summary?.End.ToString() ?? "lost"}) before its episode did; the machine may be too busy for {settings.Arms} arms: see --arms and --log-file.");
        return new EvalTrial(arm.Name, result, expertSeconds, summary.Statistics, watcher.RealTimeDenied);
    }
}
