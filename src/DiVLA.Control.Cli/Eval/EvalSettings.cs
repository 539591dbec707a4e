using DiVLA.Control.Cli.Eval.Ablations;
using DiVLA.Control.Cli.Eval.Pins;
using DiVLA.Control.Policy.Onnx;
using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.Tasks;

namespace DiVLA.Control.Cli.Eval;

/// <summary>What an evaluation was asked to be.</summary>
/// <param name="Bundle">Folder of the bundle.</param>
/// <param name="Episodes">Episodes a family.</param>
/// <param name="Families">Kinds of instruction.</param>
/// <param name="Tasks">What the policy was trained for.</param>
/// <param name="Seed">Seed of each family's first scene; the next ones count up.</param>
/// <param name="Embodiments">Makes of arm; each plays every episode.</param>
/// <param name="Arms">Arms driven at once.</param>
/// <param name="FailuresDirectory">Where pictures of failed episodes go; null for nowhere.</param>
/// <param name="LogFile">Where the service's log goes; null for nowhere.</param>
/// <param name="Pin">How the arm is redirected; null where the instruction rules.</param>
/// <param name="Ablation">What is taken from the policy; null for nothing.</param>
/// <param name="Onnx">Where graphs run.</param>
internal sealed record EvalSettings(
    string Bundle,
    int Episodes,
    IReadOnlyList<TaskFamily> Families,
    TaskScope Tasks,
    ulong Seed,
    IReadOnlyList<EmbodimentProfile> Embodiments,
    int Arms,
    string? FailuresDirectory,
    string? LogFile,
    PinPlan? Pin,
    AblationKind? Ablation,
    OnnxOptions Onnx)
{
    /// <summary>All episodes of a family. Evaluation seeds, which training cannot draw.</summary>
    public IEnumerable<Episode> Draw(TaskFamily family)
    {
        for (var i = 0; i < Episodes; i++) yield return EpisodeSampler.Sample(SeedSplit.Evaluation, Seed + (ulong)i, family, Tasks);
    }
}
