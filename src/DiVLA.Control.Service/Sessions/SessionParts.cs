using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Service.Records;
using DiVLA.Control.Service.Telemetry;

namespace DiVLA.Control.Service.Sessions;

/// <summary>What all sessions are made of.</summary>
/// <param name="Options">Limits, loop and clock.</param>
/// <param name="Bundle">The policy that is served.</param>
/// <param name="Recorder">Where what happens is kept.</param>
/// <param name="Logger">Where sessions speak.</param>
/// <param name="Telemetry">Through which exporters read sessions.</param>
internal sealed record SessionParts(
    ServiceOptions Options, PolicyBundle Bundle, ReasoningRecorder Recorder, ILogger<ControlSession> Logger, TelemetrySessions Telemetry);
