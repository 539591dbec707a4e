using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Net.Client;

namespace DiVLA.Control.Client;

/// <summary>Connections to the service, set up so that dead peers are noticed.</summary>
/// <remarks>How many bytes of frames may be on their way is for the service to say: the flow-control window belongs to who receives.</remarks>
public static class ServiceChannel
{
    private const int LargestMessageBytes = 16 * 1024 * 1024;

    /// <summary>Opens a channel; it connects with the first call.</summary>
    /// <param name="address">http for a service in clear text on this machine, https for any other.</param>
    /// <param name="credentials">Whom to trust and who calls; null for <see cref="ServiceCredentials.None"/>.</param>
    /// <exception cref="ArgumentException">Credentials cannot be used; the message names every fault.</exception>
    public static GrpcChannel For(Uri address, ServiceCredentials? credentials = null)
    {
        var own = credentials ?? ServiceCredentials.None;
        var faults = own.Faults(address).ToList();
        if (faults.Count > 0) throw new ArgumentException("Credentials: " + string.Join("; ", faults));
        return GrpcChannel.ForAddress(address, new GrpcChannelOptions
        {
            HttpHandler = new SocketsHttpHandler
            {
                ConnectTimeout = TimeSpan.FromSeconds(5),
                KeepAlivePingDelay = TimeSpan.FromSeconds(10),
                KeepAlivePingTimeout = TimeSpan.FromSeconds(5),
                PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
                AutomaticDecompression = DecompressionMethods.None,
                UseProxy = false,
                SslOptions = Tls(own),
            },
            DisposeHttpClient = true,
            Credentials = own.TokenFile is null ? null : ChannelCredentials.Create(ChannelCredentials.SecureSsl, Token(own)),
            MaxReceiveMessageSize = LargestMessageBytes,
            MaxSendMessageSize = LargestMessageBytes,
        });
    }

    private static SslClientAuthenticationOptions Tls(ServiceCredentials credentials)
    {
        var tls = new SslClientAuthenticationOptions();
        if (credentials.CertificateFile is not null) tls.LocalCertificateSelectionCallback = (_, _, _, _, _) => credentials.ReadCertificate();
        if (credentials.AuthorityFile is null) return tls;
        tls.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        tls.CertificateChainPolicy.CustomTrustStore.AddRange(credentials.ReadAuthorities());
        return tls;
    }

    private static CallCredentials Token(ServiceCredentials credentials) => CallCredentials.FromInterceptor(async (context, metadata) =>
        metadata.Add("authorization", $"Bearer {await credentials.ReadTokenAsync(context.CancellationToken)}"));
}
