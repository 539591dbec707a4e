using DiVLA.Control.Service.Rpc;
using DiVLA.Control.Service.Sessions;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace DiVLA.Control.Service.Identity;

/// <summary>Holds callers to the robots that their credentials cover, and ends their streams when those expire.</summary>
internal sealed class RobotScopeInterceptor(SessionRegistry registry, AccessRefusals refusals) : Interceptor
{
    private const int MaxNameLength = 60;

    /// <inheritdoc/>
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        await CheckAsync(request, context);
        return await continuation(request, context);
    }

    /// <inheritdoc/>
    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        await CheckAsync(request, context);
        await UntilExpiry(() => continuation(request, responseStream, context), context);
    }

    /// <inheritdoc/>
    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation) =>
        UntilExpiry(() => continuation(requestStream, responseStream, context), context);

    private async Task CheckAsync<TRequest>(TRequest request, ServerCallContext context)
    {
        var http = context.GetHttpContext();
        var caller = http.GetCaller();
        if (caller == Caller.Local || AccessTable.FindMethod(context.Method) is not { } rule || request is not IMessage message) return;
        try
        {
            RobotTargets.Bind(rule.Robots, message, caller, registry);
            // The record has the credential's name, whatever the caller calls itself.
            message.Descriptor.FindFieldByName("who")?.Accessor.SetValue(message, Printable.Line(caller.Name, MaxNameLength));
        }
        catch (RpcException error) when (error.StatusCode == StatusCode.PermissionDenied)
        {
            await refusals.ReportAsync(rule.Call, caller, http.Connection.RemoteIpAddress, error.Status);
            throw;
        }
    }

    private static async Task UntilExpiry(Func<Task> call, ServerCallContext context)
    {
        try
        {
            await call();
        }
        catch (Exception error) when (error is OperationCanceledException or IOException && CredentialLifetime.HasEnded(context.GetHttpContext()))
        {
            throw StatusTable.CredentialExpired();
        }
    }
}
