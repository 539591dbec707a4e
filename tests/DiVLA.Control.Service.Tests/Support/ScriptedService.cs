using System.Net;
using System.Threading.Channels;
using DiVLA.Control.Simulator.Arm;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DiVLA.Control.Service.Tests;

/// <summary>A service on loopback that does with each stream what the test says; it drives no arm.</summary>
internal sealed class ScriptedService : Wire.RobotControl.RobotControlBase, IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Channel<Wire.OpenSession> _opened = Channel.CreateUnbounded<Wire.OpenSession>();
    private readonly Func<Call, Task>[] _script;
    private readonly WebApplication _app;
    private int _streams = -1;

    private ScriptedService(Func<Call, Task>[] script)
    {
        _script = script;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddSingleton(this).AddGrpc();
        _app = builder.Build();
        _app.MapGrpcService<ScriptedService>();
    }

    public Uri Address => new(_app.Urls.Single());

    /// <summary>Starts to listen.</summary>
    /// <param name="script">What becomes of the first stream, the second, and so on.</param>
    public static async Task<ScriptedService> StartAsync(params Func<Call, Task>[] script)
    {
        var service = new ScriptedService(script);
        await service._app.StartAsync();
        return service;
    }

    /// <summary>The next opening message.</summary>
    public async Task<Wire.OpenSession> OpenedAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        return await _opened.Reader.ReadAsync(patience.Token);
    }

    /// <inheritdoc/>
    public override async Task Control(
        IAsyncStreamReader<Wire.ControlRequest> requestStream, IServerStreamWriter<Wire.ControlResponse> responseStream, ServerCallContext context)
    {
        await requestStream.MoveNext(context.CancellationToken);
        _opened.Writer.TryWrite(requestStream.Current.Open);
        await _script[Interlocked.Increment(ref _streams)](new Call(requestStream, responseStream, context.CancellationToken));
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    /// <summary>One stream, after its opening message.</summary>
    internal sealed class Call(
        IAsyncStreamReader<Wire.ControlRequest> requests, IServerStreamWriter<Wire.ControlResponse> responses, CancellationToken cancellation)
    {
        /// <summary>Ends at once, as a service that is about to go does.</summary>
        public static Task FailAsync() => throw new RpcException(new Status(StatusCode.Unavailable, "not now"));

        /// <summary>Lets the robot in and sends some actions; then says nothing until the robot stops or goes.</summary>
        public async Task AcceptAndActAsync(string session, int actions, Task? mayEnd = null)
        {
            await responses.WriteAsync(new Wire.ControlResponse { Accepted = new Wire.SessionAccepted { SessionId = session, SentNs = 1 } }, cancellation);
            for (var tick = 0; tick < actions; tick++)
                await responses.WriteAsync(new Wire.ControlResponse { Action = Action(tick) }, cancellation);
            while (await requests.MoveNext(cancellation))
                if (requests.Current.Stop is not null) break;
            if (mayEnd is not null) await mayEnd.WaitAsync(cancellation);
            await responses.WriteAsync(
                new Wire.ControlResponse { Summary = new Wire.SessionSummary { SessionId = session, End = Wire.SessionEnd.StoppedByRobot } }, cancellation);
        }

        private static Wire.Action Action(int tick)
        {
            var action = new Wire.Action { Tick = (ulong)tick, State = Wire.LadderState.Fresh, Reason = Wire.LadderReason.None, GripperWidthM = 0.08, SentNs = 1 };
            action.JointPositionsRad.AddRange(ArmProfiles.Panda.RestRad);
            return action;
        }
    }
}
