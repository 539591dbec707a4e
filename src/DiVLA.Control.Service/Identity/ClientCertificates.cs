using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DiVLA.Control.Service.Identity;

/// <summary>Says who the owner of a client certificate is. That the caller has its key was shown when the connection was made.</summary>
internal sealed class ClientCertificates(SecurityOptions options, TimeProvider clock, ILogger<ClientCertificates> logger)
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private readonly WatchedFiles<X509Certificate2Collection>? _authorities = options.ClientAuthoritiesFile is { } file
        ? new([file], () => Read(file), (files, error) => IdentityLines.NotReadAgain(logger, error, files))
        : null;

    /// <summary>Reads the authorities.</summary>
    /// <exception cref="CryptographicException">There is no certificate in the file.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static X509Certificate2Collection Read(string file)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(file);
        return authorities.Count > 0 ? authorities : throw new CryptographicException($"{file} has no certificate in PEM form");
    }

    /// <summary>Checks the certificate of a connection.</summary>
    public CredentialVerdict Check(X509Certificate2 certificate)
    {
        if (_authorities is null) return CredentialVerdict.Refuse(CredentialOutcome.Untrusted, "client certificates are not taken here");
        var now = clock.GetUtcNow();
        using var chain = new X509Chain { ChainPolicy = Policy(_authorities.Current, now) };
        var isTrusted = chain.Build(certificate);
        var faults = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, status) => all | status.Status);
        if (!isTrusted && faults != X509ChainStatusFlags.NotTimeValid)
            return CredentialVerdict.Refuse(CredentialOutcome.Untrusted, $"the certificate is not trusted: {faults}");
        var notBefore = chain.ChainElements.Max(element => new DateTimeOffset(element.Certificate.NotBefore));
        var notAfter = chain.ChainElements.Min(element => new DateTimeOffset(element.Certificate.NotAfter));
        return CredentialVerdict.OfTime("certificate", notBefore.ToUniversalTime(), notAfter.ToUniversalTime(), now) ?? Identify(certificate, notAfter.ToUniversalTime());
    }

    private static CredentialVerdict Identify(X509Certificate2 certificate, DateTimeOffset notAfter) =>
        CredentialWords.TryFromUris(SubjectUris.Of(certificate), out var roles, out var robots)
            ? CredentialVerdict.Accept(new Caller(certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false), roles, robots, notAfter))
            : CredentialVerdict.Refuse(CredentialOutcome.Malformed, "the certificate says roles or robots that make no sense");

    private static X509ChainPolicy Policy(X509Certificate2Collection authorities, DateTimeOffset now)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            VerificationTime = now.LocalDateTime,
            VerificationTimeIgnored = false,
            ApplicationPolicy = { new Oid(ClientAuthentication) },
        };
        foreach (var authority in authorities)
            (IsRoot(authority) ? policy.CustomTrustStore : policy.ExtraStore).Add(authority);
        return policy;
    }

    private static bool IsRoot(X509Certificate2 authority) => authority.SubjectName.RawData.AsSpan().SequenceEqual(authority.IssuerName.RawData);
}
