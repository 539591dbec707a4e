using System.Net;
using Grpc.Net.Client;

namespace DiVLA.Control.Client;

/// <summary>Connections to the service, set up so that dead peers are noticed.</summary>
/// <remarks>How many bytes of frames may be on their way is for the service to say: the flow-control window belongs to who receives.</remarks>
public static class ServiceChannel
{
    private const int LargestMessageBytes = 16 * 1024 * 1024;

    /// <summary>Opens a channel; it connects with the first call.</summary>
    public static GrpcChannel For(Uri address) => GrpcChannel.ForAddress(address, new GrpcChannelOptions
    {
        HttpHandler = new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromSeconds(5),
            KeepAlivePingDelay = TimeSpan.FromSeconds(10),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(5),
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            AutomaticDecompression = DecompressionMethods.None,
            UseProxy = false,
        },
        DisposeHttpClient = true,
        MaxReceiveMessageSize = LargestMessageBytes,
        MaxSendMessageSize = LargestMessageBytes,
    });
}
