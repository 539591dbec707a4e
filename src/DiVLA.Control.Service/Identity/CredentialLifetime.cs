namespace DiVLA.Control.Service.Identity;

/// <summary>Ends a stream when the credential that opened it expires. Looks at the clock every second: clocks are set, and machines sleep.</summary>
internal sealed class CredentialLifetime : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _end;
    private readonly ITimer _timer;
    private bool _isOver;
    private bool _isDisposed;

    private CredentialLifetime(DateTimeOffset expiresAt, TimeProvider clock, CancellationToken aborted)
    {
        _end = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        _timer = clock.CreateTimer(_ => EndIfOver(expiresAt, clock), null, Period, Period);
    }

    /// <summary>Makes a request be cancelled when its caller's credential expires.</summary>
    /// <returns>Null where it never does.</returns>
    public static CredentialLifetime? Limit(HttpContext context, Caller caller, TimeProvider clock)
    {
        if (caller.ExpiresAt is not { } expiresAt) return null;
        var lifetime = new CredentialLifetime(expiresAt, clock, context.RequestAborted);
        context.RequestAborted = lifetime._end.Token;
        context.Features.Set(lifetime);
        return lifetime;
    }

    /// <summary>Whether a request was cancelled because its caller's credential expired.</summary>
    public static bool HasEnded(HttpContext context) => context.Features.Get<CredentialLifetime>() is { } lifetime && Volatile.Read(ref lifetime._isOver);

    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _timer.Dispose();
            _end.Dispose();
        }
    }

    private void EndIfOver(DateTimeOffset expiresAt, TimeProvider clock)
    {
        lock (_gate)
        {
            if (_isDisposed || !CredentialVerdict.IsOver(expiresAt, clock.GetUtcNow())) return;
            Volatile.Write(ref _isOver, true);
            // What that sets off runs elsewhere than under the lock.
            _ = _end.CancelAsync();
        }
    }
}
