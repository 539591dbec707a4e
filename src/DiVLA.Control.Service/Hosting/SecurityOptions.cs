using System.Security.Cryptography;
using DiVLA.Control.Service.Identity;

namespace DiVLA.Control.Service;

/// <summary>How the service shows who it is, and how callers show who they are. Files are read again when they change.</summary>
public sealed record SecurityOptions
{
    /// <summary>The service's certificate in PEM form, intermediate certificates behind it.</summary>
    public required string CertificateFile { get; init; }

    /// <summary>The certificate's private key in PEM form.</summary>
    public required string KeyFile { get; init; }

    /// <summary>Authorities whose client certificates are accepted, in PEM form; null where none are.</summary>
    public string? ClientAuthoritiesFile { get; init; }

    /// <summary>Public keys whose tokens are accepted: a JSON Web Key Set, or one key in PEM form; null for none.</summary>
    public string? TokenKeysFile { get; init; }

    /// <summary>OpenID Connect authority whose tokens are accepted; it publishes its keys. Null for none.</summary>
    public Uri? TokenAuthority { get; init; }

    /// <summary>Who must have issued a token; null for whoever signed it with a trusted key, or the authority itself.</summary>
    public string? TokenIssuer { get; init; }

    /// <summary>Whom a token must be for. Defaults to divla-control.</summary>
    public string TokenAudience { get; init; } = CredentialWords.Audience;

    /// <summary>Everything that is wrong with these options.</summary>
    internal IEnumerable<string> Validate()
    {
        if (ClientAuthoritiesFile is null && TokenKeysFile is null && TokenAuthority is null)
            yield return "ClientAuthoritiesFile, TokenKeysFile, TokenAuthority: none is set, expected at least one: nobody could be let in";
        if (TokenKeysFile is not null && TokenAuthority is not null)
            yield return "TokenKeysFile: is set as TokenAuthority is, expected one of them";
        if (TokenAuthority is { } authority && authority.Scheme != Uri.UriSchemeHttps && !authority.IsLoopback)
            yield return $"TokenAuthority: found {authority}, expected an https address: keys that arrive in clear text prove nothing";
        if (TokenAudience.Length == 0) yield return "TokenAudience: is empty, expected whom tokens are for";
        foreach (var fault in Unreadable()) yield return fault;
    }

    private IEnumerable<string> Unreadable()
    {
        if (FaultOf($"CertificateFile, KeyFile: cannot use {CertificateFile} with {KeyFile}", () => ServerCertificate.Read(this)) is { } tls) yield return tls;
        if (ClientAuthoritiesFile is { } file && FaultOf($"ClientAuthoritiesFile: cannot use {file}", () => ClientCertificates.Read(file)) is { } authorities)
            yield return authorities;
        if (TokenKeysFile is { } keys && FaultOf($"TokenKeysFile: cannot use {keys}", () => BearerTokens.Read(keys)) is { } tokens) yield return tokens;
    }

    private static string? FaultOf(string what, Func<object> read)
    {
        try
        {
            read();
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return $"{what}: {error.Message}";
        }
    }
}
