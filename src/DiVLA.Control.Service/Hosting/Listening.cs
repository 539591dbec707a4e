using System.Net;
using System.Net.Sockets;
using DiVLA.Control.Service.Identity;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace DiVLA.Control.Service;

/// <summary>Where the host listens.</summary>
internal static class Listening
{
    // A frame that does not fit the window waits for the receiver's acknowledgement, which Linux may delay by 40 ms: room for two of the largest usual ones.
    private const int StreamWindowBytes = 4 * 1024 * 1024;
    private const int ConnectionWindowBytes = 8 * 1024 * 1024;

    /// <summary>gRPC on one endpoint, JSON on the other; nothing else.</summary>
    public static void ListenOn(this IWebHostBuilder web, ServiceOptions options) => web.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = options.Limits.MaxConnections;
        kestrel.Limits.Http2.InitialStreamWindowSize = StreamWindowBytes;
        kestrel.Limits.Http2.InitialConnectionWindowSize = ConnectionWindowBytes;
        kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(10);
        kestrel.Limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(5);
        kestrel.Listen(Available(options.GrpcEndpoint, options), listen => Speak(listen, HttpProtocols.Http2));
        kestrel.Listen(Available(options.HttpEndpoint, options), listen => Speak(listen, HttpProtocols.Http1));
    });

    // There is a certificate where TLS is asked for.
    private static void Speak(ListenOptions listen, HttpProtocols protocols)
    {
        listen.Protocols = protocols;
        listen.ApplicationServices.GetService<ServerCertificate>()?.Use(listen);
    }

    private static IPEndPoint Available(IPEndPoint wanted, ServiceOptions options) =>
        options.UseFreePortsWhenTaken && IsTaken(wanted) ? new IPEndPoint(wanted.Address, 0) : wanted;

    private static bool IsTaken(IPEndPoint endpoint)
    {
        using var probe = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            probe.Bind(endpoint);
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }
}
