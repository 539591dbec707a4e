using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace DiVLA.Control.Service.Identity.Development;

/// <summary>An authority in a folder, for development and for machines that have no other: signs certificates and tokens with keys that lie beside them.</summary>
/// <remarks>Private keys and tokens are readable by their owner alone. Who has the folder can be anybody: give robots and operators their own files, not the folder.</remarks>
public sealed class DevelopmentAuthority : IDisposable
{
    /// <summary>Certificate of the authority: what services and callers trust.</summary>
    public const string AuthorityFile = "ca.crt";

    /// <summary>Public keys that tokens are verified with.</summary>
    public const string TokenKeysFile = "token-keys.json";

    private const string AuthorityKeyFile = "ca.key";
    private const string TokenSigningFile = "token-signing.key";
    private const string Issuer = "divla-development-authority";
    private static readonly TimeSpan OwnLife = TimeSpan.FromDays(3650);

    private readonly CredentialFolder _folder;
    private readonly X509Certificate2 _certificate;
    private readonly ECDsa _tokenKey;

    private DevelopmentAuthority(CredentialFolder folder)
    {
        _folder = folder;
        _certificate = X509Certificate2.CreateFromPemFile(folder.PathOf(AuthorityFile), folder.PathOf(AuthorityKeyFile));
        _tokenKey = ECDsa.Create();
        _tokenKey.ImportFromPem(File.ReadAllText(folder.PathOf(TokenSigningFile)));
    }

    /// <summary>Makes an authority in a folder that has none.</summary>
    /// <exception cref="IOException">There is one already, or the folder cannot be written.</exception>
    public static DevelopmentAuthority Create(string directory, DateTimeOffset now)
    {
        var folder = new CredentialFolder(directory);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = CertificateForms.Authority(Issuer, key).CreateSelfSigned(now - CertificateForms.Lead, now + OwnLife);
        folder.Write(AuthorityKeyFile, key.ExportPkcs8PrivateKeyPem(), isSecret: true, replace: false);
        folder.Write(AuthorityFile, certificate.ExportCertificatePem(), isSecret: false, replace: false);
        using var tokenKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        folder.Write(TokenSigningFile, tokenKey.ExportPkcs8PrivateKeyPem(), isSecret: true, replace: false);
        folder.Write(TokenKeysFile, TokenKeys.ToJson(tokenKey), isSecret: false, replace: false);
        return new DevelopmentAuthority(folder);
    }

    /// <summary>Opens the authority of a folder.</summary>
    /// <exception cref="IOException">There is none.</exception>
    /// <exception cref="CryptographicException">Its files are not what they should be.</exception>
    public static DevelopmentAuthority Open(string directory) => new(new CredentialFolder(directory));

    /// <summary>Signs a service's certificate and writes it with its key.</summary>
    /// <param name="name">Of the files, without extension.</param>
    /// <param name="hosts">Names and addresses under which the service is reached.</param>
    /// <param name="validity">Until when.</param>
    /// <param name="replace">Overwrites files that are there.</param>
    /// <returns>Paths of certificate and key.</returns>
    /// <exception cref="IOException">The files are there already, or cannot be written.</exception>
    public (string Certificate, string Key) IssueServer(string name, IReadOnlyList<string> hosts, Validity validity, bool replace = false) =>
        Issue(name, key => CertificateForms.Server(name, hosts, key), validity, replace);

    /// <summary>Signs a caller's certificate and writes it with its key.</summary>
    /// <param name="holder">Who calls, as what and for which robots.</param>
    /// <param name="validity">Until when.</param>
    /// <param name="replace">Overwrites files that are there.</param>
    /// <returns>Paths of certificate and key.</returns>
    /// <exception cref="IOException">The files are there already, or cannot be written.</exception>
    public (string Certificate, string Key) IssueClient(CredentialHolder holder, Validity validity, bool replace = false) =>
        Issue(holder.Name, key => CertificateForms.Client(holder, key), validity, replace);

    /// <summary>Signs a bearer token and writes it.</summary>
    /// <param name="holder">Who calls, as what and for which robots.</param>
    /// <param name="validity">Until when.</param>
    /// <param name="audience">Whom the token is for.</param>
    /// <param name="replace">Overwrites a file that is there.</param>
    /// <returns>Path of the token.</returns>
    /// <exception cref="IOException">The file is there already, or cannot be written.</exception>
    public string IssueToken(CredentialHolder holder, Validity validity, string audience = CredentialWords.Audience, bool replace = false)
    {
        var handler = new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false };
        var token = handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = audience,
            IssuedAt = validity.From.UtcDateTime,
            NotBefore = validity.From.UtcDateTime,
            Expires = validity.Until.UtcDateTime,
            Claims = new Dictionary<string, object>
            {
                [JwtRegisteredClaimNames.Sub] = holder.Name,
                [JwtRegisteredClaimNames.Jti] = RandomNumberGenerator.GetHexString(16, lowercase: true),
                [CredentialWords.RolesClaim] = CredentialWords.Each(holder.Roles).Select(CredentialWords.Of).ToArray(),
                [CredentialWords.RobotsClaim] = holder.Robots.Patterns.ToArray(),
            },
            SigningCredentials = new SigningCredentials(TokenKeys.Of(_tokenKey), SecurityAlgorithms.EcdsaSha256),
        });
        return _folder.Write($"{holder.Name}.token", token + "\n", isSecret: true, replace);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _certificate.Dispose();
        _tokenKey.Dispose();
    }

    private (string Certificate, string Key) Issue(string name, Func<ECDsa, CertificateRequest> form, Validity validity, bool replace)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var until = new DateTimeOffset(Math.Min(validity.Until.UtcTicks, _certificate.NotAfter.ToUniversalTime().Ticks), TimeSpan.Zero);
        var request = form(key);
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_certificate, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        using var certificate = request.Create(_certificate, validity.From, until, RandomNumberGenerator.GetBytes(16));
        // The key first: a service that watches both reads them together once both are new.
        var keyPath = _folder.Write($"{name}.key", key.ExportPkcs8PrivateKeyPem(), isSecret: true, replace);
        return (_folder.Write($"{name}.crt", certificate.ExportCertificatePem(), isSecret: false, replace), keyPath);
    }
}

/// <summary>For whom a credential is.</summary>
/// <param name="Name">Subject of the credential. 1 to 64 of letters, digits, '-', '_', '.'.</param>
/// <param name="Roles">What the holder may be.</param>
/// <param name="Robots">Robots that the holder may drive, see, stop and steer.</param>
public sealed record CredentialHolder(string Name, CallerRoles Roles, RobotScope Robots);

/// <summary>When a credential is valid.</summary>
/// <param name="From">First instant.</param>
/// <param name="Until">Last instant.</param>
public readonly record struct Validity(DateTimeOffset From, DateTimeOffset Until)
{
    /// <summary>From a little before now, for clocks that are behind.</summary>
    public static Validity For(TimeSpan life, DateTimeOffset now) => new(now - CertificateForms.Lead, now + life);
}
