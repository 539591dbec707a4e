using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Robot;
using Microsoft.Extensions.Time.Testing;

namespace DiVLA.Control.Policy.Tests;

/// <summary>A policy with its clock, its scene and one trajectory: what a session's policy thread holds.</summary>
internal sealed class PolicyRun : IDisposable
{
    public const string Instruction = "put the red cube in the left bin";

    private ulong _sequence;

    public PolicyRun(PolicyBundle bundle, ulong noiseSeed = 1, int sceneSeed = 1, string? instruction = Instruction)
        : this(bundle, bundle.CreatePolicy, noiseSeed, sceneSeed, instruction)
    {
    }

    public PolicyRun(
        PolicyBundle bundle,
        Func<string, ulong, TimeProvider, DiffusionVlaPolicy> create,
        ulong noiseSeed = 1,
        int sceneSeed = 1,
        string? instruction = Instruction)
    {
        Scene = new Scene(bundle, sceneSeed);
        Policy = create("panda", noiseSeed, Clock);
        Trajectory = Policy.CreateTrajectory();
        if (instruction is not null) Policy.SetInstruction(instruction);
    }

    public FakeTimeProvider Clock { get; } = new();

    public Scene Scene { get; }

    public DiffusionVlaPolicy Policy { get; }

    public PolicyTrajectory Trajectory { get; }

    /// <summary>The observation that the last inference was made from.</summary>
    public Observation Last => Scene.Observe(_sequence, MonotonicTime.Now(Clock));

    /// <summary>One tick later: observes and infers.</summary>
    public PolicyOutcome Infer()
    {
        Clock.Advance(TimeSpan.FromMilliseconds(12));
        _sequence++;
        return Policy.InferFromPolicyThread(Last, Trajectory);
    }

    /// <summary>Infers, and waits for the phrase that this may have called for.</summary>
    public PolicyOutcome InferAndSettle()
    {
        var outcome = Infer();
        Policy.WaitForPhrase();
        return outcome;
    }

    /// <summary>All samples' joints and grippers, for comparing bits.</summary>
    public double[] Samples() =>
        [.. Enumerable.Range(0, Trajectory.Horizon).SelectMany(Numbers)];

    public void Dispose() => Policy.Dispose();

    private double[] Numbers(int sample) => [.. Trajectory[sample].Joints.AsSpan(), Trajectory[sample].GripperWidth];
}
