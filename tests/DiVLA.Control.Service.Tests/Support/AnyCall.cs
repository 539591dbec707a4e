using System.Reflection;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;

namespace DiVLA.Control.Service.Tests;

/// <summary>Every method of every service, by its descriptor, and a call of it without generated code.</summary>
internal static class AnyCall
{
    private static readonly Marshaller<byte[]> Bytes = Marshallers.Create<byte[]>(bytes => bytes, bytes => bytes);

    private static FileDescriptor[] OtherFiles =>
        [HealthReflection.Descriptor, Grpc.Reflection.V1.ReflectionReflection.Descriptor, Grpc.Reflection.V1Alpha.ReflectionReflection.Descriptor];

    /// <summary>All methods: ours, those of the health protocol and those of reflection.</summary>
    public static IReadOnlyList<MethodDescriptor> Methods { get; } =
        [.. OurFiles().Concat(OtherFiles).SelectMany(file => file.Services).SelectMany(service => service.Methods)];

    /// <summary>As rules name it.</summary>
    public static string NameOf(MethodDescriptor method) => $"{method.Service.FullName}/{method.Name}";

    /// <summary>Sends one message and reads until the stream ends.</summary>
    /// <returns>Its status; CANCELLED where it did not end within the patience: then the caller was let in.</returns>
    public static async Task<StatusCode> StatusAsync(GrpcChannel channel, MethodDescriptor method, IMessage request, TimeSpan patienceTime)
    {
        var raw = new Method<byte[], byte[]>(MethodType.DuplexStreaming, method.Service.FullName, method.Name, Bytes, Bytes);
        using var patience = new CancellationTokenSource(patienceTime);
        using var call = channel.CreateCallInvoker().AsyncDuplexStreamingCall(raw, null, new CallOptions(cancellationToken: patience.Token));
        try
        {
            await SendAsync(call.RequestStream, request);
            while (await call.ResponseStream.MoveNext(patience.Token))
            {
                // What is answered is of no interest here.
            }
            return StatusCode.OK;
        }
        catch (RpcException error)
        {
            return error.StatusCode;
        }
    }

    // Whoever is refused may be so before the message has left; the answer says why.
    private static async Task SendAsync(IClientStreamWriter<byte[]> requests, IMessage request)
    {
        try
        {
            await requests.WriteAsync(request.ToByteArray());
            await requests.CompleteAsync();
        }
        catch (RpcException)
        {
            // The status is read with the answer.
        }
    }

    private static IEnumerable<FileDescriptor> OurFiles() =>
        typeof(Wire.OperationsReflection).Assembly.GetTypes()
            .Where(type => type.Name.EndsWith("Reflection", StringComparison.Ordinal))
            .Select(type => type.GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static)?.GetValue(null))
            .OfType<FileDescriptor>();
}
