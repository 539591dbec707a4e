using DiVLA.Control.Client;
using DiVLA.Control.Protocol.V1;
using Grpc.Core;
using Grpc.Net.Client;

namespace DiVLA.Control.Cli.Bench;

/// <summary>What operators do meanwhile: some watch everything, one asks for statistics over HTTP again and again.</summary>
internal sealed class BenchLoad(Uri grpc, Uri http, int watchers, TimeProvider clock)
{
    private static readonly TimeSpan AskPeriod = TimeSpan.FromMilliseconds(200);

    /// <summary>Goes on until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellation) => Task.WhenAll([AskAsync(cancellation), .. Enumerable.Range(0, watchers).Select(_ => WatchAsync(cancellation))]);

    private async Task WatchAsync(CancellationToken cancellation)
    {
        using GrpcChannel channel = ServiceChannel.For(grpc);
        try
        {
            await foreach (var _ in new OperationsClient(channel).WatchAsync(new WatchRequest { WithPictures = true }, cancellation))
            {
                // Reading is the load.
            }
        }
        catch (Exception error) when (cancellation.IsCancellationRequested && error is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled })
        {
            // The measurement is over.
        }
    }

    private async Task AskAsync(CancellationToken cancellation)
    {
        using var client = new HttpClient { BaseAddress = http };
        using var timer = new PeriodicTimer(AskPeriod, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation)) await client.GetByteArrayAsync(new Uri("v1/sessions?with_statistics=true", UriKind.Relative), cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The measurement is over.
        }
    }
}
