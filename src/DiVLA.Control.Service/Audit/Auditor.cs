using DiVLA.Control.Service.Identity;
using DiVLA.Control.Service.Rpc;
using Grpc.Core;

namespace DiVLA.Control.Service.Audit;

/// <summary>Does what an operator asks for and writes down that it was done, or that it was refused.</summary>
internal sealed class Auditor(AuditLog log, ILogger<Auditor> logger)
{
    private const int MaxWhoLength = 64;
    private const int MaxWhyLength = 256;

    /// <summary>Runs <paramref name="work"/> and audits its outcome before the caller has the answer. What stops an arm is done whether it can be written down or not.</summary>
    /// <param name="asked">What is asked for, and by whom.</param>
    /// <param name="context">Where from.</param>
    /// <param name="work">Does it.</param>
    /// <param name="robots">The arms that an answer says were reached.</param>
    /// <exception cref="RpcException">What the work was refused with.</exception>
    public async Task<T> RunAsync<T>(Asked asked, ServerCallContext context, Func<Task<T>> work, Func<T, IEnumerable<string>> robots)
    {
        try
        {
            var answer = await work();
            await WriteAsync(Entry(asked, context, [.. robots(answer)], StatusCode.OK, ""), context);
            return answer;
        }
        catch (RpcException refused)
        {
            await WriteAsync(Entry(asked, context, [], refused.StatusCode, refused.Status.Detail), context);
            throw;
        }
    }

    /// <summary>Writes down first, and runs <paramref name="work"/> only when the line is on the disk: what lets an arm move. Where it fails all the same, a second line says so.</summary>
    /// <param name="asked">What is asked for, and by whom.</param>
    /// <param name="context">Where from.</param>
    /// <param name="check">The arms that it is going to reach.</param>
    /// <param name="work">Does it.</param>
    /// <exception cref="RpcException">What check or work were refused with. UNAVAILABLE: the line cannot be written.</exception>
    public async Task<T> RunOnRecordAsync<T>(Asked asked, ServerCallContext context, Func<string[]> check, Func<Task<T>> work)
    {
        try
        {
            var written = await WriteAsync(Entry(asked, context, check(), StatusCode.OK, ""), context);
            return written ? await work() : throw StatusTable.NotOnRecord(log.Health().Fault);
        }
        catch (RpcException refused)
        {
            await WriteAsync(Entry(asked, context, [], refused.StatusCode, refused.Status.Detail), context);
            throw;
        }
    }

    private Task<bool> WriteAsync(AuditEntry entry, ServerCallContext context)
    {
        if (context.GetHttpContext().GetCaller() == Caller.Rehearsal) return Task.FromResult(true);
        AuditLines.Done(logger, entry.Moves ? LogLevel.Warning : LogLevel.Information, entry.Action, entry.Subject, entry.Who, entry.Why, entry.Outcome, entry.Peer);
        return log.WriteAsync(entry);
    }

    private static AuditEntry Entry(Asked asked, ServerCallContext context, string[] robots, StatusCode status, string detail) => new(
        asked.Action, asked.Subject, robots, Printable.Line(asked.Who, MaxWhoLength), Printable.Line(asked.Why, MaxWhyLength),
        status == StatusCode.OK ? "OK" : $"{status}", detail, context.Peer);

    /// <summary>What is asked for.</summary>
    /// <param name="Action">One of the constants of <see cref="AuditEntry"/>.</param>
    /// <param name="Subject">What it is about, in words; fit for a line.</param>
    /// <param name="Who">Who asks.</param>
    /// <param name="Why">Why.</param>
    internal readonly record struct Asked(string Action, string Subject, string Who, string Why);
}
