using DiVLA.Control.Training.Data;

namespace DiVLA.Control.Training.Optimisation;

/// <summary>Hyper-parameters of a run.</summary>
internal sealed record TrainingOptions
{
    /// <summary>Optimiser steps in all.</summary>
    public int Steps { get; init; } = 14000;

    /// <summary>Labelled states a step.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>Noise levels drawn for every state.</summary>
    public int NoiseDraws { get; init; } = 4;

    /// <summary>Highest learning rate; reached after the warm-up, halved by a cosine over the second half.</summary>
    public double LearningRate { get; init; } = 1e-3;

    public double WeightDecay { get; init; } = 0.01;

    public int WarmupSteps { get; init; } = 200;

    /// <summary>Weight of next-token prediction in L = L_diffusion + alpha * L_ntp.</summary>
    public double Alpha { get; init; } = 1;

    /// <summary>Weight of the auxiliary loss (training only): which objects the front camera sees, and where. 0 switches it off.</summary>
    public double AuxiliaryWeight { get; init; } = 0.3;

    /// <summary>Share of the colour rules with 'warm colours right' that are drawn again until <see cref="RuleBiasUntil"/>, see <see cref="Curriculum"/>. 0 switches it off.</summary>
    public double RuleBias { get; init; } = 0.85;

    /// <summary>Share of the steps with <see cref="RuleBias"/>.</summary>
    public double RuleBiasUntil { get; init; } = 0.2;

    /// <summary>Share of samples whose phrase and motion are those of another object or bin than the instruction's, from <see cref="SwapFrom"/> on. 0 switches them off.</summary>
    public double SwapShare { get; init; } = 0.4;

    /// <summary>Share of the steps before the first swaps: language is learnt faster without them.</summary>
    public double SwapFrom { get; init; } = 0.45;

    /// <summary>Share of samples whose state is one that the policy itself came to, from <see cref="ReachedFrom"/> on. 0 switches them off.</summary>
    public double ReachedShare { get; init; } = 0.3;

    /// <summary>Share of the steps before the first of them.</summary>
    public double ReachedFrom { get; init; } = 0.5;

    /// <summary>False trains the head without the reasoning embedding (zeros in its place): the fair comparison for what the injection is worth.</summary>
    public bool ReasoningInjection { get; init; } = true;

    public ulong Seed { get; init; } = 1;

    /// <summary>Threads of libtorch.</summary>
    public int Threads { get; init; } = 2;

    /// <summary>Steps between two checkpoints.</summary>
    public int CheckpointEvery { get; init; } = 250;

    /// <summary>Steps between two closed-loop evaluations; 0 for none.</summary>
    public int EvaluateEvery { get; init; } = 3500;

    /// <summary>Episodes a family of an evaluation.</summary>
    public int EvaluationEpisodes { get; init; } = 24;

    /// <summary>Every fault of the values, in words.</summary>
    public IEnumerable<string> Validate()
    {
        if (Steps < 1) yield return $"steps: found {Steps}, expected at least 1";
        if (BatchSize is < 2 or > 4096) yield return $"batch_size: found {BatchSize}, expected 2 to 4096";
        if (NoiseDraws is < 1 or > 64) yield return $"noise_draws: found {NoiseDraws}, expected 1 to 64";
        if (!(LearningRate is > 0 and < 1)) yield return $"learning_rate: found {LearningRate}, expected above 0 and below 1";
        if (!(Alpha >= 0)) yield return $"alpha: found {Alpha}, expected 0 or more";
        if (!(AuxiliaryWeight >= 0)) yield return $"auxiliary_weight: found {AuxiliaryWeight}, expected 0 or more";
        if (!(SwapShare is >= 0 and < 1)) yield return $"swap_share: found {SwapShare}, expected 0 or more and below 1";
        if (!(RuleBias is >= 0 and < 1)) yield return $"rule_bias: found {RuleBias}, expected 0 or more and below 1";
        if (!(RuleBiasUntil is >= 0 and <= 1)) yield return $"rule_bias_until: found {RuleBiasUntil}, expected 0 to 1";
        if (!(SwapFrom is >= 0 and <= 1)) yield return $"swap_from: found {SwapFrom}, expected 0 to 1";
        if (!(ReachedShare is >= 0 and <= 1)) yield return $"reached_share: found {ReachedShare}, expected 0 to 1";
        if (!(ReachedFrom is >= 0 and <= 1)) yield return $"reached_from: found {ReachedFrom}, expected 0 to 1";
        if (Threads is < 1 or > 256) yield return $"threads: found {Threads}, expected 1 to 256";
    }

    /// <summary>What a step's batch is drawn with.</summary>
    public Curriculum CurriculumAt(int step) => new(step < SwapFrom * Steps ? 0 : SwapShare, step < RuleBiasUntil * Steps ? RuleBias : 0);

    /// <summary>Learning rate of a step: linear warm-up, flat, cosine to zero over the second half.</summary>
    public double LearningRateAt(int step)
    {
        if (step < WarmupSteps) return LearningRate * (step + 1) / WarmupSteps;
        var progress = step / (double)Steps;
        return progress < 0.5 ? LearningRate : LearningRate * (0.01 + 0.99 * 0.5 * (1 + Math.Cos(Math.PI * (progress - 0.5) / 0.5)));
    }
}
