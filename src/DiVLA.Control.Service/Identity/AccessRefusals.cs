using System.Net;
using DiVLA.Control.Service.Audit;
using DiVLA.Control.Service.Sessions;
using Grpc.Core;

namespace DiVLA.Control.Service.Identity;

/// <summary>Remembers who was not let in: a line a second of each kind at most in the log, as many in the audit log as its budgets allow, and a count of all. Any thread.</summary>
internal sealed class AccessRefusals(ServiceOptions options, AuditLog audit, ILogger<AccessRefusals> logger)
{
    private const int MaxNameLength = 64;
    private const int MaxDetailLength = 256;
    private readonly RepeatedLines _repeated = new(options.Clock);

    // Strangers can call as often as they like; they must not crowd out those who are known.
    private readonly RefusalBudget _strangers = new(options.Clock);
    private readonly RefusalBudget _known = new(options.Clock);
    private long _unauthenticated;
    private long _denied;

    /// <summary>Calls without a credential that was accepted, since the start.</summary>
    public long Unauthenticated => Volatile.Read(ref _unauthenticated);

    /// <summary>Calls whose credential was accepted and not enough, since the start.</summary>
    public long Denied => Volatile.Read(ref _denied);

    /// <summary>Counts a refusal and writes it down. Returns when the audit log has it, where that is to have it.</summary>
    /// <param name="call">What was called.</param>
    /// <param name="caller">Who called; null where that is not known.</param>
    /// <param name="from">Where the call came from.</param>
    /// <param name="status">What the caller was told.</param>
    public async Task ReportAsync(string call, Caller? caller, IPAddress? from, Status status)
    {
        Interlocked.Increment(ref caller is null ? ref _unauthenticated : ref _denied);
        var name = Printable.Line(caller?.Name ?? "", MaxNameLength);
        if (_repeated.ShouldSay((call, status.StatusCode), out var repeats))
            IdentityLines.Refused(logger, call, caller is null ? "a stranger" : name, from, status.StatusCode, status.Detail, repeats);
        if (!(caller is null ? _strangers : _known).TryTake(out var leftOut)) return;
        var detail = Printable.Line(status.Detail, MaxDetailLength);
        await audit.WriteAsync(new AuditEntry(AuditEntry.Access, call, [], name, "", $"{status.StatusCode}", detail, $"{from}", leftOut));
    }
}
