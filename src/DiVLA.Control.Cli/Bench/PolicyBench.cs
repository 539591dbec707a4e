using DiVLA.Control.Policy;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Reasoning;

namespace DiVLA.Control.Cli.Bench;

/// <summary>Times a policy on the calling thread, pass by pass and phrase by phrase.</summary>
internal sealed class PolicyBench(BenchSettings settings, TimeProvider clock)
{
    // Kernels are chosen and recorded in the first passes.
    private const int WarmUps = 3;

    private ulong _sequence;

    /// <summary>Loads the bundle, times it and frees it.</summary>
    /// <exception cref="BundleRejectedException">The bundle has faults.</exception>
    /// <exception cref="ArgumentException">The policy does not understand an instruction.</exception>
    /// <exception cref="OperationCanceledException">Cancelled between two passes.</exception>
    public PolicyMeasures Run(CancellationToken cancellation)
    {
        var began = clock.GetTimestamp();
        using var bundle = PolicyBundle.Load(settings.Bundle, new PolicyOptions { Onnx = settings.Onnx }, cancellation);
        var load = clock.GetElapsedTime(began);
        foreach (var instruction in settings.Instructions)
            if (bundle.CheckInstruction(instruction) is { Outcome: not InstructionOutcome.Accepted } refusal) throw new ArgumentException($"--instruction: '{instruction}': {refusal.Describe()}");

        var profile = bundle.Embodiments.Values.First();
        using var policy = bundle.CreatePolicy(profile.Name, noiseSeed: 1, clock);
        var (scene, trajectory) = (new BenchScene(bundle.Manifest, profile), policy.CreateTrajectory());
        var phrases = TimePhrases(policy, scene, trajectory, cancellation);
        var passes = TimePasses(policy, scene, trajectory, cancellation);
        return Measures(bundle.Manifest, load, passes, phrases);
    }

    private List<ReasoningPhrase> TimePhrases(DiffusionVlaPolicy policy, BenchScene scene, PolicyTrajectory trajectory, CancellationToken cancellation)
    {
        var phrases = new List<ReasoningPhrase>();
        for (var number = 0; number < settings.Phrases + WarmUps; number++)
        {
            policy.SetInstruction(settings.Instructions[number % settings.Instructions.Count]);
            Infer(policy, scene, trajectory, cancellation);
            policy.WaitForPhrase();
            if (number >= WarmUps && policy.CurrentPhrase is { DecodedTokens: > 0 } phrase && phrase != phrases.LastOrDefault()) phrases.Add(phrase);
        }
        return phrases;
    }

    private List<Pass> TimePasses(DiffusionVlaPolicy policy, BenchScene scene, PolicyTrajectory trajectory, CancellationToken cancellation)
    {
        var passes = new List<Pass>();
        for (var number = 0; number < settings.Passes + WarmUps; number++)
        {
            Infer(policy, scene, trajectory, cancellation);
            // A phrase that does not hold any more is decoded beside the next pass otherwise.
            policy.WaitForPhrase();
            if (number >= WarmUps) passes.Add(new Pass(trajectory.Outcome, trajectory.StageTimes));
        }
        return passes;
    }

    private void Infer(DiffusionVlaPolicy policy, BenchScene scene, PolicyTrajectory trajectory, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        policy.InferFromPolicyThread(scene.Observe(++_sequence, clock), trajectory);
    }

    private PolicyMeasures Measures(PolicyManifest manifest, TimeSpan load, List<Pass> passes, List<ReasoningPhrase> phrases)
    {
        var tokens = phrases.Sum(phrase => phrase.DecodedTokens);
        return new PolicyMeasures(
            manifest.Name,
            manifest.Revision,
            settings.Onnx.Provider.ToString().ToLowerInvariant(),
            settings.Onnx.DescribeDevice(),
            manifest.PromptLength,
            load.TotalSeconds,
            passes.Count,
            passes.CountBy(pass => pass.Outcome).ToDictionary(),
            BenchTimes.OfNs(passes.Select(pass => pass.Times.TotalNs)),
            Enum.GetValues<PolicyStage>().ToDictionary(stage => stage, stage => BenchTimes.OfNs(passes.Select(pass => pass.Times[stage]))),
            phrases.Count,
            phrases.Count == 0 ? 0 : (double)tokens / phrases.Count,
            phrases.Count == 0 ? null : BenchTimes.OfNs(phrases.Select(TokenNs)),
            phrases.Count == 0 ? null : phrases.Sum(TokenNs) / 1e6 / tokens,
            phrases.LastOrDefault()?.Text ?? "");
    }

    private static long TokenNs(ReasoningPhrase phrase) => phrase.DecodeNs - phrase.PrefillNs;

    private readonly record struct Pass(PolicyOutcome Outcome, PolicyStageTimes Times);
}
