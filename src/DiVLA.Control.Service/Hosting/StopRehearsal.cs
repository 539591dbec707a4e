using System.Buffers.Binary;
using System.Globalization;
using DiVLA.Control.Robot;
using DiVLA.Control.Service.Identity;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Grpc.JsonTranscoding;
using Microsoft.AspNetCore.Http.Features;

namespace DiVLA.Control.Service;

/// <summary>Stops and resets all arms a few times before anybody can connect: nothing is called as seldom as an emergency stop, and the first one must not wait until its code is compiled.</summary>
/// <remarks>There is no arm yet, and no latch is left behind. It is not audited: nobody asked for it.</remarks>
internal static class StopRehearsal
{
    private const int Rounds = 3;
    private static readonly Wire.Arms All = new() { All = true };

    /// <summary>Makes the calls, past network and credentials.</summary>
    /// <exception cref="InvalidOperationException">One of them fails.</exception>
    public static async Task RunAsync(WebApplication app)
    {
        RouteEndpoint[] endpoints = [.. ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()];
        for (var round = 0; round < Rounds; round++)
            foreach (var isJson in new[] { false, true })
            {
                await CallAsync(app.Services, Find(endpoints, "EmergencyStop", isJson), new Wire.EmergencyStopRequest { Arms = All }, isJson);
                await CallAsync(app.Services, Find(endpoints, "Reset", isJson), new Wire.ResetRequest { Arms = All, Who = Caller.Rehearsal.Name }, isJson);
            }
    }

    // Of the bindings in JSON the one that has no parameters in its path.
    private static RouteEndpoint Find(RouteEndpoint[] endpoints, string method, bool isJson) => endpoints.First(endpoint =>
        AccessTable.CallOf(endpoint, HttpMethods.Post) == $"divla.control.v1.Operations/{method}"
        && endpoint.Metadata.GetMetadata<GrpcJsonTranscodingMetadata>() is not null == isJson
        && endpoint.RoutePattern.Parameters.Count == 0);

    private static async Task CallAsync(IServiceProvider services, Endpoint endpoint, IMessage request, bool isJson)
    {
        await using var scope = services.CreateAsyncScope();
        var context = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
        var trailers = new ResponseTrailers();
        context.Features.Set<IHttpResponseTrailersFeature>(trailers);
        context.Features.Set(new RequestArrival(MonotonicTime.Now(scope.ServiceProvider.GetRequiredService<ServiceOptions>().Clock)));
        context.SetCaller(Caller.Rehearsal);
        context.SetEndpoint(endpoint);
        var body = isJson ? System.Text.Encoding.UTF8.GetBytes(JsonFormatter.Default.Format(request)) : Framed(request.ToByteArray());
        context.Request.Method = HttpMethods.Post;
        context.Request.Protocol = HttpProtocol.Http2;
        context.Request.ContentType = isJson ? "application/json" : "application/grpc";
        context.Request.ContentLength = body.Length;
        context.Request.Body = new MemoryStream(body);
        await endpoint.RequestDelegate!(context);
        if (!IsGood(context.Response, trailers, isJson))
            throw new InvalidOperationException($"The rehearsal of {endpoint.DisplayName} failed: {context.Response.StatusCode}, {context.Response.Headers["grpc-message"]}{trailers.Trailers["grpc-message"]}.");
    }

    // No response ever starts here: the status of gRPC is then among the headers.
    private static bool IsGood(HttpResponse response, ResponseTrailers trailers, bool isJson) => response.StatusCode == StatusCodes.Status200OK
        && (isJson || $"{response.Headers["grpc-status"]}{trailers.Trailers["grpc-status"]}" == ((int)StatusCode.OK).ToString(CultureInfo.InvariantCulture));

    // A message of gRPC: not compressed, its length, itself.
    private static byte[] Framed(byte[] message)
    {
        var framed = new byte[5 + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(framed.AsSpan(1), message.Length);
        message.CopyTo(framed, 5);
        return framed;
    }

    private sealed class ResponseTrailers : IHttpResponseTrailersFeature
    {
        public IHeaderDictionary Trailers { get; set; } = new HeaderDictionary();
    }
}
