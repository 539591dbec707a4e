using System.Diagnostics.CodeAnalysis;

namespace DiVLA.Control.Service.Identity;

/// <summary>How roles and robots are written into certificates and tokens.</summary>
/// <remarks>
/// A token has the claims `roles` and `robots`, each a list of texts. A certificate has the same as URIs among its subject alternative names, which its authority signs:
/// `urn:divla:role:operator`, `urn:divla:robot:cell-3-*`.
/// </remarks>
public static class CredentialWords
{
    /// <summary>Claim of a token: a list of roles.</summary>
    public const string RolesClaim = "roles";

    /// <summary>Claim of a token: a list of robot ids or beginnings of them.</summary>
    public const string RobotsClaim = "robots";

    /// <summary>Whom a token is for, unless the service is told otherwise.</summary>
    public const string Audience = "divla-control";

    private const string RoleUrn = "urn:divla:role:";
    private const string RobotUrn = "urn:divla:robot:";

    /// <summary>The word for one role.</summary>
    public static string Of(CallerRoles role) => role switch
    {
        CallerRoles.Robot => "robot",
        CallerRoles.Operator => "operator",
        CallerRoles.Viewer => "viewer",
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, "Not one role."),
    };

    /// <summary>The single roles in a set of them.</summary>
    public static IEnumerable<CallerRoles> Each(CallerRoles roles) =>
        new[] { CallerRoles.Robot, CallerRoles.Operator, CallerRoles.Viewer }.Where(role => roles.HasFlag(role));

    /// <summary>The role of a word.</summary>
    public static bool TryParse(string word, out CallerRoles role)
    {
        role = Each(CallerRoles.All).FirstOrDefault(each => Of(each) == word);
        return role != CallerRoles.None;
    }

    /// <summary>Roles and robots as a certificate's URIs.</summary>
    public static IEnumerable<string> ToUris(CallerRoles roles, RobotScope robots) =>
        Each(roles).Select(role => RoleUrn + Of(role)).Concat(robots.Patterns.Select(pattern => RobotUrn + pattern));

    /// <summary>Roles and robots from a certificate's URIs. Those that are not ours do not matter.</summary>
    /// <returns>False where one of ours makes no sense.</returns>
    public static bool TryFromUris(IReadOnlyList<string> uris, out CallerRoles roles, [NotNullWhen(true)] out RobotScope? robots) =>
        TryFromWords(After(RoleUrn, uris), After(RobotUrn, uris), out roles, out robots);

    /// <summary>Roles and robots from their words.</summary>
    /// <returns>False where one of them makes no sense.</returns>
    public static bool TryFromWords(
        IEnumerable<string> roleWords, IEnumerable<string> robotWords, out CallerRoles roles, [NotNullWhen(true)] out RobotScope? robots)
    {
        (roles, robots) = (CallerRoles.None, RobotScope.Of(robotWords));
        foreach (var word in roleWords)
        {
            if (!TryParse(word, out var role)) return false;
            roles |= role;
        }
        return robots is not null;
    }

    private static IEnumerable<string> After(string urn, IEnumerable<string> uris) =>
        uris.Where(uri => uri.StartsWith(urn, StringComparison.Ordinal)).Select(uri => uri[urn.Length..]);
}
