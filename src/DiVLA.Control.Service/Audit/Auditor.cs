using Grpc.Core;

namespace DiVLA.Control.Service.Audit;

/// <summary>Does what an operator asks for and writes down that it was done, or that it was refused.</summary>
internal sealed class Auditor(AuditLog log)
{
    private const int MaxWhoLength = 64;
    private const int MaxWhyLength = 256;

    /// <summary>Runs <paramref name="work"/> and audits its outcome before the caller has the answer.</summary>
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
            await log.WriteAsync(Entry(asked, context, [.. robots(answer)], StatusCode.OK, ""));
            return answer;
        }
        catch (RpcException refused)
        {
            await log.WriteAsync(Entry(asked, context, [], refused.StatusCode, refused.Status.Detail));
            throw;
        }
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
