using Microsoft.AspNetCore.Http.Features;

namespace DiVLA.Control.Service.Identity;

/// <summary>Who calls, as far as a credential says.</summary>
/// <param name="Name">Subject of the credential. For logs and records; nothing is allowed by it.</param>
/// <param name="Roles">What the caller may be.</param>
/// <param name="Robots">Robots that the caller may drive, see, stop and steer, each as far as its roles go.</param>
/// <param name="ExpiresAt">End of the credential's validity; null for never.</param>
internal sealed record Caller(string Name, CallerRoles Roles, RobotScope Robots, DateTimeOffset? ExpiresAt)
{
    /// <summary>Somebody on this machine, where the service asks nobody for credentials.</summary>
    public static Caller Local { get; } = new("local", CallerRoles.All, RobotScope.Every, ExpiresAt: null);

    /// <summary>The service itself, before it listens.</summary>
    public static Caller Rehearsal { get; } = new("rehearsal", CallerRoles.All, RobotScope.Every, ExpiresAt: null);

    /// <summary>Somebody without credentials, where the service asks for them.</summary>
    public static Caller Stranger { get; } = new("stranger", CallerRoles.None, RobotScope.Of([])!, ExpiresAt: null);
}

/// <summary>Where the caller of a request is kept.</summary>
internal static class CallerFeature
{
    /// <summary>Who calls. Known from the access gate on.</summary>
    public static Caller GetCaller(this HttpContext context) => context.Features.GetRequiredFeature<Caller>();

    /// <summary>Says who calls.</summary>
    public static void SetCaller(this HttpContext context, Caller caller) => context.Features.Set(caller);
}
