using System.Net;
using DiVLA.Control.Service.Sessions;
using Grpc.Core;

namespace DiVLA.Control.Service.Identity;

/// <summary>Remembers who was not let in: a line a second of each kind at most, and a count of all. Any thread.</summary>
internal sealed class AccessRefusals(ServiceOptions options, ILogger<AccessRefusals> logger)
{
    private readonly RepeatedLines _repeated = new(options.Clock);
    private long _unauthenticated;
    private long _denied;

    /// <summary>Calls without a credential that was accepted, since the start.</summary>
    public long Unauthenticated => Volatile.Read(ref _unauthenticated);

    /// <summary>Calls whose credential was accepted and not enough, since the start.</summary>
    public long Denied => Volatile.Read(ref _denied);

    /// <summary>Counts a refusal and writes it down.</summary>
    /// <param name="call">What was called.</param>
    /// <param name="caller">Who called; null where that is not known.</param>
    /// <param name="from">Where the call came from.</param>
    /// <param name="status">What the caller was told.</param>
    public void Report(string call, Caller? caller, IPAddress? from, Status status)
    {
        Interlocked.Increment(ref caller is null ? ref _unauthenticated : ref _denied);
        if (_repeated.ShouldSay((call, status.StatusCode), out var repeats))
            IdentityLines.Refused(logger, call, Printable.Line(caller?.Name ?? "a stranger", 64), from, status.StatusCode, status.Detail, repeats);
    }
}
