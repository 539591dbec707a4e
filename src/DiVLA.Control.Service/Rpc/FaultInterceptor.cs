using System.Security.Cryptography;
using DiVLA.Control.Service.Sessions;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace DiVLA.Control.Service.Rpc;

/// <summary>Keeps faults inside: what no outcome describes is logged with an id, and the caller is told the id.</summary>
internal sealed class FaultInterceptor(ILogger<FaultInterceptor> logger) : Interceptor
{
    /// <inheritdoc/>
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(request, context);
        }
        catch (Exception error) when (IsFault(error, context))
        {
            throw Report(error, context);
        }
    }

    /// <inheritdoc/>
    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
        Guard(() => continuation(request, responseStream, context), context);

    /// <inheritdoc/>
    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation) =>
        Guard(() => continuation(requestStream, responseStream, context), context);

    private async Task Guard(Func<Task> call, ServerCallContext context)
    {
        try
        {
            await call();
        }
        catch (Exception error) when (IsFault(error, context))
        {
            throw Report(error, context);
        }
    }

    private static bool IsFault(Exception error, ServerCallContext context) =>
        error is not RpcException && !(error is OperationCanceledException && context.CancellationToken.IsCancellationRequested);

    private RpcException Report(Exception error, ServerCallContext context)
    {
        var errorId = RandomNumberGenerator.GetHexString(12, lowercase: true);
        SessionLines.CallFailed(logger, error, context.Method, errorId);
        return StatusTable.Internal(errorId);
    }
}
