using DiVLA.Control.Policy.Bundle;

namespace DiVLA.Control.Service.Sessions;

/// <summary>What all sessions are made of.</summary>
/// <param name="Options">Limits, loop and clock.</param>
/// <param name="Bundle">The policy that is served.</param>
/// <param name="Logger">Where sessions speak.</param>
internal sealed record SessionParts(ServiceOptions Options, PolicyBundle Bundle, ILogger<ControlSession> Logger);
