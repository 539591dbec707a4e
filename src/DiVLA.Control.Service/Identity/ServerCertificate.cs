using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace DiVLA.Control.Service.Identity;

/// <summary>What the service shows to whoever connects, and TLS as it speaks it.</summary>
internal sealed class ServerCertificate(SecurityOptions options, ILogger<ServerCertificate> logger)
{
    private readonly WatchedFiles<SslStreamCertificateContext> _context = new(
        [options.CertificateFile, options.KeyFile], () => Read(options), (files, error) => IdentityLines.NotReadAgain(logger, error, files));

    /// <summary>When the certificate that is shown now ends.</summary>
    public DateTimeOffset NotAfter => new DateTimeOffset(_context.Current.TargetCertificate.NotAfter).ToUniversalTime();

    /// <summary>Serves TLS 1.2 and 1.3 on an endpoint and asks callers for a certificate; whether it is good is for <see cref="ClientCertificates"/> to say, in words.</summary>
    public void Use(ListenOptions listen) =>
        listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(Handshake()) });

    [SuppressMessage("Security", "CA5359", Justification = "Whose certificate it is decides the access gate, for each call and with a status that names the reason.")]
    private SslServerAuthenticationOptions Handshake() => new()
    {
        ServerCertificateContext = _context.Current,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        ClientCertificateRequired = options.ClientAuthoritiesFile is not null,
        RemoteCertificateValidationCallback = (_, _, _, _) => true,
    };

    /// <summary>Reads certificate, intermediate certificates and key.</summary>
    /// <exception cref="CryptographicException">One of the files is not what it should be.</exception>
    /// <exception cref="IOException">One of the files cannot be read.</exception>
    public static SslStreamCertificateContext Read(SecurityOptions options)
    {
        using var fromPem = X509Certificate2.CreateFromPemFile(options.CertificateFile, options.KeyFile);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(options.CertificateFile);
        return SslStreamCertificateContext.Create(new X509Certificate2(fromPem), chain, offline: true);
    }
}
