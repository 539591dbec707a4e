using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.Cameras;
using DiVLA.Control.Simulator.Expert;
using DiVLA.Control.Simulator.Robot;
using DiVLA.Control.Simulator.Tasks;
using DiVLA.Control.Training.Data;
using DiVLA.Control.Training.Diffusion;
using DiVLA.Control.Training.Modules;
using DiVLA.Control.Training.Native;
using DiVLA.Control.Training.Optimisation;
using static TorchSharp.torch;

namespace DiVLA.Control.Training.Evaluation;

/// <summary>Success of a family in training's own, simplified closed loop.</summary>
internal sealed record FamilyResult(string Family, int Episodes, int Successes, double PhraseExactMatch);

/// <summary>
/// A quick look at success during training: tool without arm, all episodes in one batch, phrases decoded greedily, a new plan every 4 ticks.
/// The honest figure comes from `divla eval`, through the service.
/// </summary>
internal sealed class ClosedLoopEvaluation(DiffusionVlaModel model, Vocabulary vocabulary)
{
    /// <summary>Plays episodes of every family.</summary>
    public List<FamilyResult> Run(int episodes, ulong firstSeed) =>
        [.. Enum.GetValues<TaskFamily>().Select(family => Play(family, episodes, firstSeed))];

    private FamilyResult Play(TaskFamily family, int episodes, ulong firstSeed)
    {
        using var _ = no_grad();
        var schedule = new NoiseSchedule(model.Config.Scheduler);
        var players = Enumerable.Range(0, episodes).Select(i => new EpisodePlayer(EpisodeSampler.Sample(SeedSplit.Evaluation, firstSeed + (ulong)i, family))).ToList();
        var batch = new Batch(model.Config, vocabulary, episodes);
        var renderer = new SceneRenderer();
        var (right, asked) = (0, 0);
        while (players.Exists(p => !p.IsDone))
        {
            using var truce = CollectionTruce.Begin();
            using var scope = NewDisposeScope();
            for (var i = 0; i < episodes; i++) batch.Write(i, players[i].Observe(), renderer, players[i].Random);
            var wanted = (long[])batch.Phrase.Clone();
            var latents = Infer(batch, schedule);
            for (var i = 0; i < episodes; i++)
            {
                if (players[i].IsDone) continue;
                asked++;
                var length = model.Config.Prompt.MaxPhraseTokens;
                if (batch.Phrase.AsSpan(i * length, length).SequenceEqual(wanted.AsSpan(i * length, length))) right++;
                players[i].Follow(latents.AsSpan(i * SampleGenerator.Horizon * Latent.Size), model.Config.Latent.Rms);
            }
        }
        return new FamilyResult(InstructionGrammar.Name(family), episodes, players.Count(p => p.IsSuccess), right / (double)asked);
    }

    private float[] Infer(Batch batch, NoiseSchedule schedule)
    {
        DecodePhrases(batch);
        var inputs = TensorBatch.Inputs(batch, model.Config);
        var output = model.Backbone.Forward(inputs);
        var combined = model.Head.Combine(model.Film.Forward(output.PromptMean, output.ReasoningMean), inputs.State);
        var noise = randn(batch.Size, model.Config.Latent.Horizon, model.Config.Latent.Size);
        return schedule.Sample(noise, (x, step) => model.Head.Forward(combined, x, step)).contiguous().data<float>().ToArray();
    }

    // Greedy decoding by repeated prefill: position j is right once positions before it are, so P passes at most; far fewer when a pass changes nothing.
    private void DecodePhrases(Batch batch)
    {
        var length = model.Config.Prompt.MaxPhraseTokens;
        for (var pass = 0; pass <= length; pass++)
        {
            using var scope = NewDisposeScope();
            var words = model.Backbone.Forward(TensorBatch.Inputs(batch, model.Config)).Logits.argmax(-1).data<long>().ToArray(); // [B, P + 1]
            if (!Adopt(batch, words, length)) return;
        }
    }

    private static bool Adopt(Batch batch, long[] words, int length)
    {
        var changed = false;
        for (var i = 0; i < batch.Size; i++)
        {
            var ended = false;
            for (var j = 0; j < length; j++)
            {
                ended |= words[i * (length + 1) + j] == Vocabulary.Eos;
                var word = ended ? Vocabulary.Pad : words[i * (length + 1) + j];
                changed |= batch.Phrase[i * length + j] != word;
                batch.Phrase[i * length + j] = word;
                batch.PhraseMask[i * length + j] = ended ? 0 : 1;
            }
        }
        return changed;
    }
}

/// <summary>One episode with a tool that goes exactly where a plan says.</summary>
internal sealed class EpisodePlayer(Episode episode)
{
    private const double OpenWidth = 0.08;
    private const double WidthStep = 0.2 / 82;
    private readonly EpisodeAttempt _attempt = new(episode, 1 / TaskSpaceRollout.Period);
    private RigidTransform _tool = episode.Start;
    private double _width = OpenWidth;

    public Simulator.SplitMix64 Random { get; } = new(episode.Seed);

    /// <summary>True once the episode has ended, well or badly.</summary>
    public bool IsDone => _attempt.Outcome != EpisodeOutcome.Unfinished;

    public bool IsSuccess => _attempt.Outcome == EpisodeOutcome.Success;

    /// <summary>The state with the expert's phrase.</summary>
    public TrainingSample Observe() => SampleGenerator.Label(episode, episode.Goal, episode.Scene, _tool, _width);

    /// <summary>Goes to the first sample of a plan `[H, 7]` in four ticks.</summary>
    public void Follow(ReadOnlySpan<float> latent, double[][] rms)
    {
        var motion = new Vector3d(latent[0] * rms[0][0], latent[1] * rms[0][1], latent[2] * rms[0][2]);
        var turn = new Vector3d(latent[3] * rms[0][3], latent[4] * rms[0][4], latent[5] * rms[0][5]);
        for (var tick = 0; tick < SampleGenerator.SamplePeriodTicks && !IsDone; tick++)
        {
            var step = motion * (1.0 / SampleGenerator.SamplePeriodTicks);
            _tool = RotationVector.Displace(_tool, step, turn * (1.0 / SampleGenerator.SamplePeriodTicks));
            episode.Scene.Carry(step);
            MoveGripper(latent[6] > 0);
            _attempt.Judge(episode.Scene, ticks: 1);
        }
    }

    private void MoveGripper(bool open)
    {
        if (open)
        {
            episode.Scene.Release();
            _width = Math.Min(OpenWidth, _width + WidthStep);
            return;
        }
        var width = Math.Max(0, _width - WidthStep);
        if ((episode.Scene.Held ?? episode.Scene.Graspable(_tool.Origin)) is { } index && width <= episode.Scene.Objects[index].Kind.GraspWidth)
        {
            episode.Scene.Grasp(index);
            width = episode.Scene.Objects[index].Kind.GraspWidth;
        }
        _width = width;
    }
}
