using DiVLA.Control.RealTime;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Service.Telemetry;

/// <summary>One command that left, and the way of the frame that it rests on.</summary>
/// <param name="Tick">Number of the tick.</param>
/// <param name="Due">Instant of the tick.</param>
/// <param name="HandedOver">When the transport had taken the command.</param>
/// <param name="State">What the command rests on.</param>
/// <param name="Reason">Why.</param>
/// <param name="Phrase">Whether the phrase behind it is what the policy would say now.</param>
/// <param name="PhraseId">That phrase; 0 for none.</param>
/// <param name="HasPlan">True where it follows a trajectory whose way is known.</param>
/// <param name="Plan">How that trajectory came about.</param>
internal readonly record struct TickTrace(
    long Tick,
    MonotonicTime Due,
    MonotonicTime HandedOver,
    LadderState State,
    LadderReason Reason,
    PhraseState Phrase,
    long PhraseId,
    bool HasPlan,
    Sessions.PlanTrace Plan)
{
    /// <summary>From the tick's instant until the transport had taken its command. Unit: ns.</summary>
    public long LatenessNs => HandedOver - Due;
}
