using DiVLA.Control.Policy;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Onnx;
using DiVLA.Control.Robot;
using DiVLA.Control.TestSupport;
using DiVLA.Control.TestSupport.Published;

namespace DiVLA.Control.Benchmarks.Parity;

/// <summary>A golden checkpoint through the whole policy on any device: the original's pictures, state and noise must give its phrase and its actions.</summary>
internal static class GoldenParity
{
    private const string NoAction = "(an empty phrase gives the head nothing to act on)";

    /// <summary>Runs every case of a golden folder.</summary>
    /// <param name="golden">The folder.</param>
    /// <param name="provider">Where the graphs run.</param>
    /// <param name="precision">What they compute in.</param>
    /// <param name="natives">Folder of the native library; null for the restored one.</param>
    /// <returns>0 where every case is within its tolerance, else 1.</returns>
    public static int Run(string golden, string provider, string precision, string? natives)
    {
        var onnx = new OnnxOptions { Provider = Enum.Parse<ExecutionProvider>(provider, ignoreCase: true), NativeLibraryDirectory = natives };
        var dtype = Enum.Parse<TensorDtype>(precision, ignoreCase: true);
        var results = new GoldenFolder(golden).Cases().Select(entry => IsWithin(entry, dtype, onnx)).ToArray();
        return results.All(isWithin => isWithin) ? 0 : 1;
    }

    // Of the largest magnitude.
    private static double ToleranceOf(TensorDtype dtype) => dtype == TensorDtype.F32 ? 1e-3 : 2e-2;

    private static bool IsWithin(GoldenCase entry, TensorDtype dtype, OnnxOptions onnx)
    {
        using var golden = new GoldenBundle(entry);
        golden.Build(options => options with { Precision = dtype }, onnx);
        using var bundle = PolicyBundle.Load(golden.Folder, new PolicyOptions { Onnx = onnx, RehearsalInferences = 1 });
        using var policy = bundle.CreatePolicy(GoldenArm.Name, noiseSeed: 1, TimeProvider.System);
        policy.UseNoise(golden.Expected.Floats("noise"));
        policy.SetInstruction(entry.Instruction);
        var trajectory = policy.CreateTrajectory();
        for (var sequence = 1UL; sequence <= 2; sequence++)
        {
            policy.InferFromPolicyThread(Observe(golden, sequence), trajectory);
            policy.WaitForPhrase();
        }
        return Compare(entry, golden, trajectory, ToleranceOf(dtype));
    }

    private static Observation Observe(GoldenBundle golden, ulong sequence) => new()
    {
        Sequence = sequence, CapturedAt = MonotonicTime.Now(TimeProvider.System), Frames = golden.Frames(), State = golden.Arm.StateOf(golden.Expected.Floats("qpos")),
    };

    private static bool Compare(GoldenCase entry, GoldenBundle golden, PolicyTrajectory trajectory, double tolerance)
    {
        var tokens = trajectory.Phrase?.Tokens ?? [];
        var isPhrase = tokens.AsSpan().SequenceEqual(golden.Phrase);
        if (golden.Phrase.Length == 0) return Say(entry, isPhrase, NoAction, isPhrase && trajectory.Outcome == PolicyOutcome.AwaitingPhrase);
        if (trajectory.Outcome != PolicyOutcome.Ok) return Say(entry, isPhrase, trajectory.Fault.Describe(), isWithin: false);

        var expected = golden.Expected.Floats("actions");
        var actual = Enumerable.Range(0, trajectory.Horizon).SelectMany(sample => golden.Arm.ActionOf(trajectory[sample]));
        var largest = actual.Zip(expected, (a, b) => Math.Abs(a - b)).Max() / expected.Max(Math.Abs);
        return Say(entry, isPhrase, FormattableString.Invariant($"actions differ by {largest:E1} of the largest, at most {tolerance:E0} is allowed"), isPhrase && largest <= tolerance);
    }

    private static bool Say(GoldenCase entry, bool isPhrase, string actions, bool isWithin)
    {
        Console.WriteLine($"{(isWithin ? "equal" : "WRONG")}  {entry}: phrase {(isPhrase ? "the same" : "another")}; {actions}");
        return isWithin;
    }
}
