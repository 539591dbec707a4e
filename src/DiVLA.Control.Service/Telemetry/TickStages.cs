using DiVLA.Control.Robot;

namespace DiVLA.Control.Service.Telemetry;

/// <summary>One stage on the way from a frame to a command.</summary>
/// <param name="Name">The word that the stage has everywhere.</param>
/// <param name="Start">Service clock.</param>
/// <param name="DurationNs">Unit: ns.</param>
internal readonly record struct TickStage(string Name, MonotonicTime Start, long DurationNs);

/// <summary>Cuts the way of a frame into its stages.</summary>
internal static class TickStages
{
    /// <summary>From the exposure of the frame to the transport that took the command, in order and without gaps but for the policy's own book-keeping.</summary>
    public static IEnumerable<TickStage> Of(TickTrace tick)
    {
        var plan = tick.Plan;
        yield return new("capture_to_receive", plan.CapturedAt, plan.ReceivedAt - plan.CapturedAt);
        yield return new("queue", plan.ReceivedAt, plan.TakenAt - plan.ReceivedAt);
        var at = plan.TakenAt;
        foreach (var (name, duration) in Inference(plan.Stages))
        {
            yield return new(name, at, duration);
            at += duration;
        }
        yield return new("wait_for_tick", plan.PublishedAt, tick.Due - plan.PublishedAt);
        yield return new("tick_to_transport", tick.Due, tick.HandedOver - tick.Due);
    }

    private static IEnumerable<(string Name, long DurationNs)> Inference(Policy.PolicyStageTimes stages) =>
    [
        ("decode", stages.DecodeNs),
        ("embodiment_in", stages.EmbodimentInNs),
        ("backbone", stages.BackboneNs),
        ("reasoning", stages.ReasoningNs),
        ("film", stages.FilmNs),
        ("diffusion", stages.DiffusionNs),
        ("embodiment_out", stages.EmbodimentOutNs),
    ];
}
