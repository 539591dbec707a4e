using System.CommandLine;

namespace DiVLA.Control.Training.Commands;

/// <summary>The hyper-parameters that are changed most often, as options. One that is not given leaves the recipe's value.</summary>
internal sealed class RecipeOverrides
{
    private readonly Option<int?> _steps = new("--steps") { Description = "Optimiser steps in all." };
    private readonly Option<ulong?> _seed = new("--seed") { Description = "Seed of weights, data and noise." };
    private readonly Option<double?> _alpha = new("--alpha") { Description = "Weight of next-token prediction in L = L_diffusion + alpha * L_ntp." };
    private readonly Option<double?> _rate = new("--learning-rate") { Description = "Highest learning rate." };
    private readonly Option<int?> _batch = new("--batch-size") { Description = "Labelled states a step." };
    private readonly Option<double?> _auxiliary = new("--auxiliary-weight") { Description = "Weight of the auxiliary losses: which objects the front camera sees, and where. 0 switches them off." };
    private readonly Option<double?> _swap = new("--swap-share") { Description = "Share of samples whose phrase and motion are those of another object or bin, so that pinned phrases are followed. 0 switches them off." };
    private readonly Option<bool?> _reasoning = new("--reasoning-injection") { Description = "false trains a policy whose head never sees the phrase, to compare with." };
    private readonly Option<int?> _threads = new("--threads") { Description = "Threads of libtorch." };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _steps, _seed, _alpha, _rate, _batch, _auxiliary, _swap, _reasoning, _threads }) command.Add(option);
    }

    /// <summary>The recipe with what the command line says.</summary>
    public Recipe Apply(ParseResult parsed, Recipe recipe)
    {
        var training = recipe.Training;
        return recipe with
        {
            Training = training with
            {
                Steps = parsed.GetValue(_steps) ?? training.Steps,
                Seed = parsed.GetValue(_seed) ?? training.Seed,
                Alpha = parsed.GetValue(_alpha) ?? training.Alpha,
                LearningRate = parsed.GetValue(_rate) ?? training.LearningRate,
                BatchSize = parsed.GetValue(_batch) ?? training.BatchSize,
                AuxiliaryWeight = parsed.GetValue(_auxiliary) ?? training.AuxiliaryWeight,
                SwapShare = parsed.GetValue(_swap) ?? training.SwapShare,
                ReasoningInjection = parsed.GetValue(_reasoning) ?? training.ReasoningInjection,
                Threads = parsed.GetValue(_threads) ?? training.Threads,
            },
        };
    }
}
