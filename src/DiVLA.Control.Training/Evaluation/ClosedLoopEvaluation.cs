using DiVLA.Control.Simulator.Cameras;
using DiVLA.Control.Simulator.Tasks;
using DiVLA.Control.Training.Data;
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
    private readonly Planner _planner = new(model);

    /// <summary>Plays episodes of every family.</summary>
    public List<FamilyResult> Run(int episodes, ulong firstSeed) =>
        [.. Enum.GetValues<TaskFamily>().Select(family => Play(family, episodes, firstSeed))];

    private FamilyResult Play(TaskFamily family, int episodes, ulong firstSeed)
    {
        using var _ = no_grad();
        var players = Enumerable.Range(0, episodes).Select(i => new EpisodePlayer(EpisodeSampler.Sample(SeedSplit.Evaluation, firstSeed + (ulong)i, family))).ToList();
        var batch = new Batch(model.Config, vocabulary, episodes);
        var renderer = new SceneRenderer();
        var (right, asked) = (0, 0);
        while (players.Exists(p => !p.IsDone))
        {
            using var truce = CollectionTruce.Begin();
            using var scope = NewDisposeScope();
            for (var i = 0; i < episodes; i++)
                if (!players[i].IsDone) batch.Write(i, players[i].Observe(), renderer, players[i].Random);
            var wanted = (long[])batch.Phrase.Clone();
            DecodePhrases(batch);
            var latents = _planner.Plan(batch);
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
