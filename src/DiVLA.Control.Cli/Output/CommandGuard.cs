using System.Security.Cryptography;
using DiVLA.Control.Client;
using DiVLA.Control.Datasets.Format;
using DiVLA.Control.Datasets.Video;
using DiVLA.Control.ModelBuilder;
using DiVLA.Control.ModelBuilder.Statistics.Pickle;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Onnx;
using Grpc.Core;

namespace DiVLA.Control.Cli;

/// <summary>The one place where an error becomes words and an exit code.</summary>
internal static class CommandGuard
{
    /// <summary>Runs a command's work.</summary>
    public static async Task<int> RunAsync(Terminal terminal, Func<Task<int>> work)
    {
        try
        {
            return await work();
        }
        catch (OperationCanceledException)
        {
            await terminal.Error.WriteLineAsync("Interrupted.");
            return ExitCode.Interrupted;
        }
        catch (Exception error)
        {
            var exitCode = ExitCodeFor(error);
            await terminal.Error.WriteLineAsync(exitCode == ExitCode.Defect ? error.ToString() : Words(error));
            return exitCode;
        }
    }

    private static int ExitCodeFor(Exception error) => error switch
    {
        BundleRejectedException or ModelBuildException or SessionRefusedException or SessionTakenOverException or DatasetRejectedException or PickleException or PinRefusedException => ExitCode.Failed,
        RpcException rpc when IsUnreachable(rpc) => ExitCode.Unavailable,
        RpcException { StatusCode: not (StatusCode.Internal or StatusCode.Unknown) } => ExitCode.Failed,
        OnnxUnavailableException or FfmpegException or ServiceUnreachableException or BundleNotFoundException or IOException or UnauthorizedAccessException or CryptographicException => ExitCode.Unavailable,
        ArgumentException => ExitCode.Usage,
        _ => ExitCode.Defect,
    };

    // Where there is no answer from the service itself: nobody listens, or nobody who is trusted.
    private static bool IsUnreachable(RpcException error) =>
        error.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded || error.Status.DebugException is HttpRequestException;

    private static string Words(Exception error) => error switch
    {
        RpcException rpc when IsUnreachable(rpc) => $"The service cannot be reached: {(rpc.Status.DebugException as HttpRequestException)?.InnerException?.Message ?? rpc.Status.Detail}",
        RpcException rpc => $"{rpc.StatusCode}: {rpc.Status.Detail}",
        _ => error.Message,
    };
}
