using DiVLA.Control.Service.Rpc;
using Grpc.Core;

namespace DiVLA.Control.Service.Identity;

/// <summary>Stands before every endpoint: says who calls, and lets in who may call. Which robots a request is about is for <see cref="RobotScopeInterceptor"/> to check.</summary>
internal sealed class AccessGate(RequestDelegate next, ServiceOptions options, AccessRefusals refusals, Authenticator? authenticator = null)
{
    /// <summary>Lets a request through, or answers it.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        if (authenticator is null)
        {
            context.SetCaller(Caller.Local);
            return next(context);
        }
        // Where no endpoint is, or one without a route, with which routing itself refuses a method, there is nothing to guard; the answer says so.
        return context.GetEndpoint() is RouteEndpoint endpoint ? GuardAsync(context, authenticator, endpoint) : next(context);
    }

    private async Task GuardAsync(HttpContext context, Authenticator authenticator, Endpoint endpoint)
    {
        var rule = AccessTable.Find(endpoint, context.Request.Method);
        var verdict = rule is { IsOpen: true } ? CredentialVerdict.Accept(Caller.Stranger) : await authenticator.CheckAsync(context);
        if (RefusalOf(rule, verdict) is { } refusal)
        {
            // What has no rule may have any name that a stranger gives it, and is remembered under one.
            await RefuseAsync(context, rule?.Call ?? AccessTable.CallWithoutRule, verdict.Caller, refusal);
            return;
        }
        context.SetCaller(verdict.Caller!);
        using var lifetime = rule!.AtExpiry == AtExpiry.Ends ? CredentialLifetime.Limit(context, verdict.Caller!, options.Clock) : null;
        await next(context);
    }

    private static Status? RefusalOf(AccessRule? rule, CredentialVerdict verdict)
    {
        if (verdict.Caller is not { } caller) return StatusTable.Of(verdict);
        if (rule is null) return StatusTable.NoRule();
        if (!rule.Allows(caller)) return StatusTable.WrongRole(rule);
        return rule.Robots == RobotTarget.Every && !caller.Robots.IsEvery ? StatusTable.NotCovered("every robot", caller.Robots).Status : null;
    }

    private async Task RefuseAsync(HttpContext context, string call, Caller? caller, Status status)
    {
        await refusals.ReportAsync(call, caller, context.Connection.RemoteIpAddress, status);
        await Refusal.WriteAsync(context, status);
    }
}
